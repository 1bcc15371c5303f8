import { discard, type HttpAnswer, header, readBody } from './http-send.ts';
import type { ReadOptions, RegistryDocument, RegistryItem } from './ports.ts';
import { digestOf, failed, nextPage, requireDigest } from './registry-answers.ts';
import type { createRegistryClient } from './registry-client.ts';
import { PrivateHostError } from './registry-reach.ts';
import { withRetries } from './retry.ts';
import { RequestError, whyNot } from './system-error.ts';

export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The content is larger than allowed: the same in the next attempt. */
class TooLargeError extends RequestError {}

/** Documents of registries, bounded in size and time; what is requested by a digest is checked against it. */
export function createRegistryReader(
  pull: ReturnType<typeof createRegistryClient>,
  pausesMs: readonly number[],
): (item: RegistryItem, options: ReadOptions) => Promise<RegistryDocument> {
  return async (item, options) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const signal = AbortSignal.any([deadline, options.signal]);
    try {
      return await withRetries(pausesMs, signal, () => read(item, { ...options, signal }, pull));
    } catch (thrown) {
      if (thrown instanceof TooLargeError) return { status: 'too-large' };
      if (thrown instanceof PrivateHostError) return { status: 'refused', ...thrown.refused };
      const slow = deadline.aborted && !options.signal.aborted;
      return { status: 'unavailable', why: slow ? `no response within ${options.timeoutMs / 1_000} s` : whyNot(thrown) };
    }
  };
}

async function read(
  { registry, repository, path }: RegistryItem,
  { insecure, credentials, named, signal, maxBytes }: ReadOptions,
  pull: ReturnType<typeof createRegistryClient>,
): Promise<RegistryDocument> {
  const isBlob = path.startsWith('blobs/');
  const accept = isBlob ? 'application/octet-stream' : manifestTypes;
  const answer = await pull({ method: 'GET', registry, repository, path, accept, insecure, credentials, named, signal });
  if (isAbsent(answer, path)) {
    discard(answer);
    return { status: 'absent' };
  }
  if (answer.statusCode !== 200) throw failed(answer);
  const bytes = await bounded(answer, maxBytes);
  const digest = digestOf(bytes);
  const expected = /sha256:[0-9a-f]{64}$/.exec(path)?.[0];
  if (expected !== undefined && !path.startsWith('referrers/')) requireDigest(digest, expected);
  const next = nextPage(answer, path);
  return { status: 'found', bytes, digest, ...(next !== undefined && { next }) };
}

/**
 * A registry without the referrers API answers with 404, and some with another status:
 * https://github.com/google/go-containerregistry/blob/v0.20.6/pkg/v1/remote/referrers.go
 */
function isAbsent({ statusCode }: HttpAnswer, path: string): boolean {
  return statusCode === 404 || (path.startsWith('referrers/') && [400, 405, 406].includes(statusCode));
}

async function bounded(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const announced = Number(header(answer, 'content-length') ?? '0');
  if (announced > maxBytes) {
    answer.body.destroy();
    throw new TooLargeError('it is too large', { final: true });
  }
  try {
    return await readBody(answer, maxBytes);
  } catch (thrown) {
    if (thrown instanceof RequestError) throw new TooLargeError(thrown.message, { final: true });
    throw thrown;
  }
}
