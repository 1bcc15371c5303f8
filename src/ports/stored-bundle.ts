import { parseJson } from '../model/attempt.ts';
import { discard, readBody } from './http-send.ts';
import type { NamedHosts } from './ports.ts';
import { open } from './registry-request.ts';
import { unsnappy } from './snappy.ts';
import { RequestError, whyNot } from './system-error.ts';

/** As of blobs of a registry: an SBOM of a large image has a few megabytes. */
const maxBytes = 8 * 1024 * 1024;
const timeoutMs = 30_000;

/**
 * An attestation that GitHub does not return itself but by an address at its storage, which contains its own authorization: no token is sent,
 * and the host must be public, or that of the API. Returns the text, or why there is none.
 */
export async function readStoredBundle(
  address: string,
  apiUrl: string,
): Promise<{ readonly bundle: string } | { readonly why: string }> {
  const named: NamedHosts = () => Promise.resolve([new URL(apiUrl).host]);
  try {
    if (!URL.canParse(address)) throw new RequestError('GitHub returns neither its content nor a valid address', { final: true });
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await open({ url: new URL(address), method: 'GET', headers: {}, insecure: false, named, signal });
    if (answer.statusCode !== 200) {
      discard(answer);
      throw new RequestError(`HTTP ${answer.statusCode}`, { final: true });
    }
    const body = await readBody(answer, maxBytes);
    const text = (body[0] === '{'.charCodeAt(0) ? body : unsnappy(body, maxBytes)).toString('utf8');
    const content = parseJson(text);
    // One line, as of attestations that GitHub returns itself.
    return content === undefined ? { why: 'it is not JSON' } : { bundle: JSON.stringify(content) };
  } catch (thrown) {
    return { why: whyNot(thrown) };
  }
}
