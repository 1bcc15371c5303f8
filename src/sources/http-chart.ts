import type { ChartRequest } from '../model/sources.ts';
import { type Address, fileOf, hostOf } from './address.ts';
import { digestOf } from './cache.ts';
import type { Archive, Fetching } from './fetching.ts';
import { type IndexedVersion, versionsIn } from './index-file.ts';
import { correct, fillCache, publisher, useHttps } from './next-steps.ts';
import { Refusal } from './refusal.ts';
import { choose } from './versions.ts';

/** Large repositories have an index of about 30 MB. */
const maxIndexBytes = 64 * 1024 * 1024;
export const maxArchiveBytes = 32 * 1024 * 1024;

/** A chart of an HTTP repository: by its index, as Helm finds it. */
export async function fromHttp(
  address: Extract<Address, { kind: 'http' }>,
  { name, version }: ChartRequest,
  fetching: Fetching,
): Promise<Archive> {
  const entry = await entryOf(address, name, version, fetching);
  const { version: chosen } = entry;
  const known = entry.digest === undefined ? undefined : await fetching.cached(`sha256:${entry.digest}`);
  if (known !== undefined) return { version: chosen, content: known };
  const url = archiveUrl(address, entry, name, fetching);
  const content = await get(url, maxArchiveBytes, fetching);
  const digest = digestOf(content);
  if (entry.digest !== undefined && digest !== `sha256:${entry.digest}`)
    throw new Refusal(`the archive has the digest ${digest}, but its index lists sha256:${entry.digest}`, publisher);
  return { version: chosen, content };
}

async function entryOf(
  { url, host }: Extract<Address, { kind: 'http' }>,
  name: string,
  version: string,
  fetching: Fetching,
): Promise<IndexedVersion> {
  const index = await fetching.indexes(url.href, () => get(fileOf(url, 'index.yaml'), maxIndexBytes, fetching));
  const versions = readIndex(Buffer.from(index).toString('utf8'), name, host);
  if (versions.length === 0) throw new Refusal(`the repository ${url.href} has no chart ${name}`, correct);
  const chosen = await choose(
    version,
    versions.map((one) => one.version),
    fetching.satisfies,
  );
  const entry = versions.find((one) => one.version === chosen);
  if (entry !== undefined) return entry;
  throw new Refusal(`the repository ${url.href} has no version ${version || '*'} of chart ${name}`, correct);
}

function readIndex(text: string, name: string, host: string): readonly IndexedVersion[] {
  try {
    return versionsIn(text, name);
  } catch {
    throw new Refusal(`${host} did not return the index of a chart repository`, correct);
  }
}

/** The first of its URLs. On another host than that of the repository only what the index has a digest for: that binds its content. */
function archiveUrl(
  { url: repository, host }: Extract<Address, { kind: 'http' }>,
  { urls: [first = ''], digest, version }: IndexedVersion,
  name: string,
  { mirrors }: Fetching,
): URL {
  const base = fileOf(repository, '');
  if (first === '' || !URL.canParse(first, base.href))
    throw new Refusal(`its index has no address for chart ${name} ${version}`, publisher);
  const url = new URL(first, base);
  const other = hostOf(url);
  if (other === host || mirrors.has(other)) return url;
  if (!/^https?:$/.test(url.protocol))
    throw new Refusal(`its index points to ${url.protocol}//${url.host}, which is not an https address`, useHttps);
  if (digest === undefined)
    throw new Refusal(`its index points to another host, ${other}, and has no digest for the archive`, publisher);
  return url;
}

async function get(original: URL, maxBytes: number, { remotes, mirrors, offline, signal }: Fetching): Promise<Uint8Array> {
  const host = hostOf(original);
  const { url, insecure } = mirrors.url(original);
  if (offline && !mirrors.has(host)) throw new Refusal(`${host} is not requested, because \`sources.offline\` is set`, fillCache);
  if (url.protocol === 'http:' && !insecure) throw new Refusal(`${original.protocol}//${host} is not an https address`, useHttps);
  return remotes.get(url.href, { maxBytes, mirrors: async () => mirrors.hosts, insecure, signal });
}
