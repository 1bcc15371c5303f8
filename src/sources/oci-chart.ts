import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import type { ChartRequest } from '../model/sources.ts';
import type { RemoteManifest, RemoteOptions } from '../ports/ports.ts';
import type { Address } from './address.ts';
import type { Archive, Fetching } from './fetching.ts';
import { maxArchiveBytes } from './http-chart.ts';
import { correct, fillCache } from './next-steps.ts';
import { Refusal } from './refusal.ts';
import { choose, isExact } from './versions.ts';

/** The limit of go-containerregistry. */
const maxManifestBytes = 4 * 1024 * 1024;
/** https://github.com/helm/community/blob/main/hips/hip-0006.md */
const chartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const manifestSchema = z.looseObject({
  layers: z.array(
    z.looseObject({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.int().nonnegative() }),
  ),
});

type Registry = Extract<Address, { kind: 'oci' }>;

/** A chart of a registry: the layer of its manifest that Helm pushes. */
export async function fromRegistry(address: Registry, request: ChartRequest, fetching: Fetching): Promise<Archive> {
  const { remotes, mirrors, offline, signal } = fetching;
  const repository = [address.repository, request.name.toLowerCase()].filter((step) => step !== '').join('/');
  const { insecure, ...image } = mirrors.registry(address.host, { registry: address.registry, repository });
  if (offline && !mirrors.has(address.host))
    throw new Refusal(`${address.host} is not requested, because \`sources.offline\` is set`, fillCache);
  const options: RemoteOptions = { maxBytes: maxManifestBytes, mirrors: async () => mirrors.hosts, insecure, signal };
  const find = (reference: string): Promise<RemoteManifest | undefined> =>
    fetching.manifests(`${address.host}/${repository} ${reference}`, () => remotes.manifest(image, reference, options));
  const listTags = (): Promise<readonly string[]> =>
    fetching.tags(`${address.host}/${repository}`, () => remotes.tags(image, { ...options, maxBytes: maxArchiveBytes }));

  const { version, manifest } = await resolve(request, find, listTags, fetching, `${address.host}/${repository}`);
  const layer = layerOf(manifest, `${address.host}/${repository}`);
  if (layer.size > maxArchiveBytes) throw new Refusal(`the chart has ${layer.size} bytes, more than ${maxArchiveBytes}`, correct);
  const content =
    (await fetching.cached(layer.digest)) ?? (await remotes.blob(image, layer.digest, { ...options, maxBytes: maxArchiveBytes }));
  return { version, content };
}

async function resolve(
  { version }: ChartRequest,
  find: (reference: string) => Promise<RemoteManifest | undefined>,
  listTags: () => Promise<readonly string[]>,
  { satisfies }: Fetching,
  name: string,
): Promise<{ readonly version: string; readonly manifest: RemoteManifest }> {
  const [, digest] = /(?:^|@)(sha256:[0-9a-f]{64})$/.exec(version) ?? [];
  // Helm writes `+` as `_` in a tag.
  const tag = digest ?? version.replaceAll('+', '_');
  const direct = digest !== undefined || /^\w[\w.-]{0,127}$/.test(tag) ? await find(tag) : undefined;
  if (direct !== undefined) return { version, manifest: direct };
  if (digest === undefined && !isExact(version)) {
    const tags = (await listTags()).map((one) => one.replaceAll('_', '+'));
    const chosen = await choose(version, tags, satisfies);
    const manifest = chosen === undefined ? undefined : await find(chosen.replaceAll('+', '_'));
    if (chosen !== undefined && manifest !== undefined) return { version: chosen, manifest };
  }
  throw new Refusal(`the registry has no ${version || 'version'} of ${name}`, correct);
}

function layerOf({ text }: RemoteManifest, name: string) {
  const parsed = manifestSchema.safeParse(parseJson(text));
  const layer = parsed.data?.layers.find(({ mediaType }) => mediaType === chartLayer);
  if (layer === undefined) throw new Refusal(`${name} is not a Helm chart`, correct);
  return layer;
}
