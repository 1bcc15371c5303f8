import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseDuration } from '../model/duration.ts';
import { toGateError } from '../model/gate-error.ts';
import { defaultRisk, type RiskName, type RiskSource } from '../model/risk.ts';
import type { Files, Ports } from '../ports/ports.ts';
import { Unfit } from './unfit.ts';

export interface ReadContext {
  readonly ports: Pick<Ports, 'files' | 'http' | 'clock'>;
  readonly cacheDir: string;
  /** Absolute: the trusted copy of the workspace, and the work tree, which a change can write to. */
  readonly trusted: string;
  readonly checkout: string;
  /** No publisher is requested; a mirror is. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

/** Data that may be used. */
export interface Ready<T> {
  readonly data: T;
  readonly digest: string;
  readonly notes: readonly string[];
}
type Parse<T> = (text: string) => T;

const maxDownloadBytes = 32 * 1024 * 1024;
const maxBytes = 128 * 1024 * 1024;
const downloadMs = 60_000;
const hourMs = 3_600_000;
/** Both are published daily, at most. */
const refreshMs = 12 * hourMs;
const skewMs = 24 * hourMs;

/** Throws Unfit with the reason why there is no data. */
export async function read<T extends { readonly released: Date }>(
  name: RiskName,
  source: RiskSource,
  parse: Parse<T>,
  context: ReadContext,
): Promise<Ready<T>> {
  const ready =
    source.file === undefined ? await fromUrl(name, source, parse, context) : await fromFile(source.file, parse, context);
  requireFresh(ready.data.released, source, context);
  return ready;
}

function requireFresh(released: Date, { maxAge }: RiskSource, { ports }: ReadContext): void {
  const ageMs = ports.clock.now().getTime() - released.getTime();
  if (ageMs < -skewMs) throw new Unfit(`it is of ${released.toISOString()}, which is in the future`);
  if (ageMs > (parseDuration(maxAge) ?? 0))
    throw new Unfit(`it is of ${released.toISOString().slice(0, 10)}, which is older than ${maxAge}`);
}

/** A file of the change must not decide about the change: relative paths are of the base, and absolute ones outside of the repository. */
async function fromFile<T>(
  file: string,
  parse: Parse<T>,
  { ports: { files }, trusted, checkout }: ReadContext,
): Promise<Ready<T>> {
  if (path.isAbsolute(file)) {
    for (const folder of [checkout, trusted])
      if ((await files.resolveInside(folder, file)) !== undefined || isBelow(folder, file))
        throw new Unfit(`${file} is inside of the repository, where a change could replace it`);
    return parsed(await readBytes(file, file, files), parse);
  }
  const inside = await files.resolveInside(trusted, path.join(trusted, file));
  if (inside === undefined) throw new Unfit(`${file} does not exist in the repository that the configuration is from`);
  return parsed(await readBytes(path.join(trusted, inside), file, files), parse);
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, path.resolve(file));
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function readBytes(full: string, name: string, files: Files): Promise<Uint8Array> {
  const stat = await files.stat(full);
  if (stat?.kind !== 'file') throw new Unfit(`${name} ${stat === undefined ? 'does not exist' : `is a ${stat.kind}`}`);
  if (stat.size > maxBytes) throw new Unfit(`${name} has ${stat.size} bytes, more than ${maxBytes}`);
  return files.readBytes(full);
}

function parsed<T>(bytes: Uint8Array, parse: Parse<T>): Ready<T> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { data: parse(textOf(bytes)), digest, notes: [] };
}

/** Compressed or not, by its first bytes. */
function textOf(bytes: Uint8Array): string {
  try {
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new Unfit('it is neither text in UTF-8 nor compressed by gzip');
  }
}

/** By the cache, if that was written within half a day. A copy that is older than the one in the cache is not used: a mirror may lag. */
async function fromUrl<T extends { readonly released: Date }>(
  name: RiskName,
  source: RiskSource,
  parse: Parse<T>,
  context: ReadContext,
): Promise<Ready<T>> {
  const { ports, cacheDir, offline } = context;
  const { url = '' } = source;
  const file = path.join(cacheDir, 'risk', `${name}-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`);
  const kept = await fromCache(file, parse, ports.files);
  const ageMs = ports.clock.now().getTime() - (kept?.writtenMs ?? Number.NEGATIVE_INFINITY);
  if (kept !== undefined && ageMs >= 0 && ageMs < refreshMs) return kept.ready;
  try {
    if (offline && url === defaultRisk[name].url) throw new Unfit('`sources.offline` is set, and no mirror is configured');
    const fresh = await download(url, file, kept?.ready.data.released, { parse, context });
    if (kept === undefined || fresh.data.released >= kept.ready.data.released) return fresh;
    return { ...kept.ready, notes: [`${hostOf(url)} serves an older copy than the cache has, which was used instead`] };
  } catch (thrown) {
    const why = thrown instanceof Unfit ? thrown.message : toGateError(thrown).message;
    if (kept === undefined) throw new Unfit(why);
    return { ...kept.ready, notes: [`the copy in the cache was used: ${why}`] };
  }
}

async function fromCache<T>(
  file: string,
  parse: Parse<T>,
  files: Files,
): Promise<{ readonly ready: Ready<T>; readonly writtenMs: number } | undefined> {
  const stat = await files.stat(file);
  if (stat === undefined) return undefined;
  try {
    return { ready: parsed(await readBytes(file, 'the cache', files), parse), writtenMs: stat.modifiedMs };
  } catch {
    return undefined;
  }
}

/** Only what can be read, and is not older, replaces the copy in the cache. */
async function download<T extends { readonly released: Date }>(
  url: string,
  file: string,
  kept: Date | undefined,
  { parse, context }: { readonly parse: Parse<T>; readonly context: ReadContext },
): Promise<Ready<T>> {
  const { files, http, clock } = context.ports;
  const into = `${file}.${randomUUID()}`;
  try {
    await files.makeDir(path.dirname(file));
    await http.download(url, into, { maxBytes: maxDownloadBytes, timeoutMs: downloadMs, signal: context.signal });
    const ready = parsed(await files.readBytes(into), parse);
    const { released } = ready.data;
    // A copy from the future would stay there, whatever the publisher has.
    if ((kept === undefined || released >= kept) && released.getTime() <= clock.now().getTime() + skewMs)
      await files.rename(into, file);
    return ready;
  } finally {
    await files.remove(into);
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
