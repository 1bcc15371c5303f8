import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';
import { parseImageName, type Repository, repositoryOf } from '../../model/image-name.ts';
import type { TrivyContext } from './process.ts';
import { lookUpOf, whyNot } from './tag-list.ts';

const maxManifestBytes = 4 * 1024 * 1024;
const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const annotationsSchema = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const manifestSchema = z.object({
  annotations: annotationsSchema,
  manifests: z
    .array(
      z.object({
        digest: digestSchema,
        annotations: annotationsSchema,
        platform: z.object({ os: z.string(), architecture: z.string() }).nullish().catch(undefined),
      }),
    )
    .max(1_000)
    .nullish(),
});
type Manifest = z.output<typeof manifestSchema>;

export type BaseImage =
  /** The image does not name its base, or its base is unchanged. */
  | { readonly status: 'current' }
  | { readonly status: 'updated'; readonly name: string; readonly was: string; readonly now: string }
  | { readonly status: 'unknown'; readonly why: string };

/**
 * Whether the tag of an image's base has another digest than the base that the image was built from, by the annotations of its manifest:
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md. Whoever built the image wrote them; nothing else is claimed.
 */
export async function baseOf(context: TrivyContext, image: Repository, digest: string): Promise<BaseImage> {
  const manifest = await readManifest(context, image, digest, true);
  if ('why' in manifest) return { status: 'unknown', why: manifest.why };
  const own = await baseIn(context, image, manifest);
  if ('why' in own) return { status: 'unknown', why: own.why };
  const name = own.name === undefined ? undefined : parseImageName(own.name);
  const was = digestSchema.safeParse(own.digest);
  if (name === undefined || name.digest !== undefined || !was.success) return { status: 'current' };
  const base = repositoryOf(name);
  const tag = name.tag ?? 'latest';
  // An image chooses the name of its base: credentials are for the registry of the image only.
  const now = await readManifest(context, base, tag, base.registry === image.registry);
  if ('why' in now) return { status: 'unknown', why: `its base ${name.repository}:${tag}: ${now.why}` };
  // The digest may be that of the index, or that of one platform.
  const known = [now.digest, ...(now.manifests ?? []).map((child) => child.digest)];
  return known.includes(was.data)
    ? { status: 'current' }
    : { status: 'updated', name: `${name.repository}:${tag}`, was: was.data, now: now.digest };
}

interface Named {
  readonly name?: string;
  readonly digest?: string;
}

/** In the index, at the entry of a platform (as official images have it), or in the manifest of that platform. */
async function baseIn(
  context: TrivyContext,
  image: Repository,
  { annotations, manifests }: Manifest,
): Promise<Named | { readonly why: string }> {
  const entries = manifests ?? [];
  // Trivy scans this platform unless there is only another one.
  const entry =
    entries.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ??
    entries.find(({ platform }) => platform?.os === 'linux');
  const found = [entry?.annotations, annotations].map(namedBy).find(({ name }) => name !== undefined);
  if (found !== undefined || entry === undefined) return found ?? {};
  const manifest = await readManifest(context, image, entry.digest, true);
  return 'why' in manifest ? manifest : namedBy(manifest.annotations);
}

function namedBy(annotations: Manifest['annotations']): Named {
  const [name, digest] = ['name', 'digest'].map((key) => annotations?.[`org.opencontainers.image.base.${key}`]);
  return { ...(typeof name === 'string' && { name }), ...(typeof digest === 'string' && { digest }) };
}

async function readManifest(
  context: TrivyContext,
  { registry, repository }: Repository,
  reference: string,
  credentials: boolean,
): Promise<(Manifest & { readonly digest: string }) | { readonly why: string }> {
  const own = lookUpOf(context, registry);
  const document = await context.ports.registries.read(
    { registry, repository, path: `manifests/${reference}` },
    { ...own, credentials: own.credentials && credentials, maxBytes: maxManifestBytes },
  );
  if (document.status !== 'found') return { why: whyNot(document) };
  const found = manifestSchema.safeParse(parseJson(Buffer.from(document.bytes).toString('utf8')));
  return found.success ? { ...found.data, digest: document.digest } : { why: 'its manifest cannot be read' };
}
