import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { discard, readBody } from './http-send.ts';
import { makeFolders } from './make-folders.ts';
import type { CurrentRoot, NamedHosts, TrustRootSource } from './ports.ts';
import { open } from './registry-request.ts';
import { RequestError, whyNot } from './system-error.ts';

const target = 'trusted_root.json';
const maxBytes = 1024 * 1024;

/**
 * The trusted root of a TUF repository. The cache holds what the repository had at the last time. Its root metadata is replaced by that of the
 * release in each run, so that whoever can write to the cache can neither add a key nor keep one.
 */
export async function currentRoot(source: TrustRootSource, named: NamedHosts): Promise<CurrentRoot> {
  const { url, root, folder, timeoutMs } = source;
  const signal = AbortSignal.any([source.signal, AbortSignal.timeout(timeoutMs)]);
  const attempt = async (fetcher: BaseFetcher, forceCache: boolean): Promise<string> => {
    const targetDir = path.join(folder, 'targets');
    await makeFolders(targetDir);
    await writeFile(path.join(folder, 'root.json'), root);
    const config = { userAgent: 'k8s-gate', fetchRetries: 0 };
    const places = { metadataDir: folder, metadataBaseUrl: url, targetDir, targetBaseUrl: `${url}/targets` };
    const updater = new Updater({ ...places, fetcher, forceCache, config });
    const info = await updater.getTargetInfo(target);
    if (info === undefined) throw new RequestError(`it has no ${target}`, { final: true });
    return readFile((await updater.findCachedTarget(info)) ?? (await updater.downloadTarget(info)), 'utf8');
  };
  try {
    return { status: 'current', text: await attempt(new Fetcher(named, signal), false) };
  } catch (thrown) {
    const why = signal.aborted && !source.signal.aborted ? `no response within ${timeoutMs / 1_000} s` : whyNot(thrown);
    // Only a repository that is unavailable: metadata that is forged or expired does not justify older one.
    if (!isUnavailable(thrown, signal)) return { status: 'unavailable', why };
    try {
      return { status: 'cached', text: await attempt(new NoFetcher(), true) };
    } catch {
      return { status: 'unavailable', why };
    }
  }
}

class Fetcher extends BaseFetcher {
  readonly #named: NamedHosts;
  readonly #signal: AbortSignal;

  constructor(named: NamedHosts, signal: AbortSignal) {
    super();
    this.#named = named;
    this.#signal = signal;
  }

  override async fetch(address: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const request = { url: new URL(address), method: 'GET' as const, headers: {}, insecure: false };
    const answer = await open({ ...request, named: this.#named, signal: this.#signal });
    if (answer.statusCode !== 200) {
      discard(answer);
      throw new DownloadHTTPError(`HTTP ${answer.statusCode}`, answer.statusCode);
    }
    const bytes = await readBody(answer, maxBytes);
    return new Blob([new Uint8Array(bytes)]).stream();
  }
}

class Unreachable extends Error {}

class NoFetcher extends BaseFetcher {
  override fetch(): Promise<never> {
    return Promise.reject(new Unreachable());
  }
}

/** The updater wraps errors of snapshots and targets in its own, as text. */
function isUnavailable(thrown: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || thrown instanceof DownloadHTTPError || thrown instanceof RequestError) return true;
  return thrown instanceof Error && 'code' in thrown;
}
