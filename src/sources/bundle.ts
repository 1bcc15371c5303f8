import path from 'node:path';
import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import type { FetchedBundle, NotFetched } from '../model/sources.ts';
import { type Address, addressOf, hostOf } from './address.ts';
import { fetchBase } from './bases.ts';
import { openCache, type SourceCache } from './cache.ts';
import type { Fetching } from './fetching.ts';
import { mirrorsOf } from './mirrors.ts';
import { Refusal } from './refusal.ts';
import { parseRemoteBase } from './remote-base.ts';
import { requireNamed, type SourcesContext } from './sources.ts';
import { unpackAll } from './unpack-chart.ts';

const maxManifestBytes = 4 * 1024 * 1024;
const maxArchiveBytes = 32 * 1024 * 1024;
const configFile = '.k8s-gate.yaml';
const manifestSchema = z.looseObject({
  layers: z.array(z.looseObject({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.int() })),
});

export type BundleContext = Pick<SourcesContext, 'config' | 'ports' | 'cacheDir' | 'signal' | 'namedHosts'> & {
  /** An own folder for each call. */
  readonly newFolder: () => string;
};

/** Fetches the settings of an organization by their address: a git commit, or an artifact of a registry by its digest. Never throws. */
export async function fetchBundle(text: string, context: BundleContext): Promise<FetchedBundle | NotFetched> {
  const oci = /^(oci:\/\/[^@]+)@(sha256:[0-9a-f]{64})$/.exec(text);
  try {
    return oci === null ? await fromGit(text, context) : await fromRegistry(oci[1] ?? '', oci[2] ?? '', context);
  } catch (thrown) {
    const known = thrown instanceof Refusal ? thrown : undefined;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 'not-fetched', reason, next: known?.next ?? reach };
  }
}

const reach =
  'Let the runner reach it (through HTTPS_PROXY, or a mirror under `sources.mirrors`), or log in to it before the gate runs. Without these settings nothing is evaluated.';
const correct = 'Correct `extends`: docs/rollout.md describes its addresses.';
const fill = 'Run once with `sources.offline: false` to fill the cache, or configure a mirror under `sources.mirrors`.';
const notNamed =
  'A host that only the change names is not requested. Merge the change after a review, or add the host to `sources.allow` of the base branch.';

async function fromGit(text: string, context: BundleContext): Promise<FetchedBundle | NotFetched> {
  const base = parseRemoteBase(text);
  if (base?.kind !== 'git' || !/^[0-9a-f]{40}$/.test(base.ref))
    throw new Refusal(`\`${text}\` is not an https address of a git repository at a full commit`, correct);
  const { fetching, cache } = open(context);
  const { newFolder, ports } = context;
  const found = await fetchBase(text, {
    ...{ fetching, cache, newFolder, files: ports.files, note: () => {} },
    requireNamed: (host) => named(host, context, fetching),
  });
  if (found.status === 'not-fetched') return { ...found, next: forBundle(found.next) };
  const isFile = /\.ya?ml$/.test(found.path);
  const folder = isFile ? path.posix.dirname(found.path).replace(/^\.$/, '') : found.path;
  return {
    status: 'fetched',
    root: path.join(found.root, folder),
    shown: shownAs(`${hostOf(base.url)}${base.url.pathname.replace(/\.git$/, '')}`, base.ref, folder),
    file: isFile ? path.posix.basename(found.path) : configFile,
  };
}

async function fromRegistry(url: string, digest: string, context: BundleContext): Promise<FetchedBundle> {
  const address = addressOf(url);
  if (address?.kind !== 'oci') throw new Refusal(`\`${url}\` is not an artifact of a registry`, correct);
  const { fetching, cache } = open(context);
  await named(address.host, context, fetching);
  const content = await archiveOf(address, digest, fetching, cache);
  const root = context.newFolder();
  await unpackAll(content, root, context.ports.files, correct);
  const files = await context.ports.files.walk(root, () => false);
  // `oras push … settings/` packs the folder, `tar -C settings .` what is in it.
  const tops = new Set(files.map((file) => file.path.split('/')[0] ?? ''));
  const [top = ''] = tops;
  const folder = tops.size === 1 && top !== configFile ? top : '';
  return {
    status: 'fetched',
    root: path.join(root, folder),
    shown: shownAs(`${address.host}/${address.repository}`, digest.replace('sha256:', ''), folder),
    file: configFile,
  };
}

/** Both its manifest and its layer are known by their digests, so the cache is equivalent to the registry. */
async function archiveOf(
  { host, registry, repository }: Extract<Address, { kind: 'oci' }>,
  digest: string,
  { remotes, mirrors, offline, signal }: Fetching,
  cache: SourceCache,
): Promise<Uint8Array> {
  const { insecure, ...image } = mirrors.registry(host, { registry, repository });
  const options = { mirrors: async () => mirrors.hosts, insecure, signal };
  const name = `${host}/${repository}`;
  const content = async (wanted: string, request: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const known = await cache.blob(wanted);
    if (known !== undefined) return known;
    if (offline && !mirrors.has(host)) throw new Refusal('it is not in the cache, and `sources.offline` is set', fill);
    const fetched = await request();
    await cache.keep(`bundle ${name} ${wanted}`, { version: wanted, content: fetched }).catch(() => undefined);
    return fetched;
  };
  const manifest = await content(digest, async () => {
    const found = await remotes.manifest(image, digest, { ...options, maxBytes: maxManifestBytes });
    if (found === undefined) throw new Refusal(`${name} has no ${digest}`, correct);
    return Buffer.from(found.text);
  });
  const layer = layerOf(manifest, name);
  return content(layer.digest, () => remotes.blob(image, layer.digest, { ...options, maxBytes: maxArchiveBytes }));
}

function layerOf(manifest: Uint8Array, name: string): { readonly digest: string } {
  const { data } = z
    .preprocess((text) => parseJson(String(text)), manifestSchema)
    .safeParse(Buffer.from(manifest).toString('utf8'));
  const archives = (data?.layers ?? []).filter(({ mediaType }) => /[.+]tar\+?gzip$|\.tar\.gzip$/.test(mediaType));
  const [first] = archives;
  if (first === undefined || archives.length > 1 || first.size > maxArchiveBytes)
    throw new Refusal(`${name} is not an artifact with one gzipped archive of at most ${maxArchiveBytes} bytes`, correct);
  return first;
}

function open({ config, ports, cacheDir, signal }: BundleContext) {
  const cache = openCache(cacheDir, ports.files);
  const never = () => Promise.reject(new Error('nothing of a bundle is resolved by name'));
  const fetching: Fetching = {
    ...{ remotes: ports.remotes, mirrors: mirrorsOf(config), offline: config.offline, signal, satisfies: never },
    ...{ cached: (digest: string) => cache.blob(digest), indexes: never, manifests: never, tags: never },
  };
  return { cache, fetching };
}

async function named(host: string, context: BundleContext, fetching: Fetching): Promise<void> {
  try {
    await requireNamed(host, context, fetching);
  } catch (thrown) {
    throw thrown instanceof Refusal ? new Refusal(thrown.message, notNamed) : thrown;
  }
}

/** What to do about a base of a kustomization is not what to do about a bundle. */
function forBundle(next: string): string {
  if (next === notNamed) return next;
  return /offline/.test(next) ? fill : reach;
}

/** `github.com/org/gate-1f2e3d4c5b6a/settings`: a path that names the files to a reader and is not in the repository. */
function shownAs(place: string, version: string, folder: string): string {
  return path.posix.join(`${place}-${version.slice(0, 12)}`.replaceAll(/[^\w./+-]/g, '_'), folder);
}

/** The host that an address names; `` if it names none. */
export function hostOfBundle(text: string): string {
  const url = text.replace(/@sha256:.*/, '');
  const base = parseRemoteBase(text);
  return addressOf(url)?.host ?? (base === undefined ? '' : hostOf(base.url));
}
