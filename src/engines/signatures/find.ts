import * as z from 'zod';
import { inParallel } from '../../model/concurrency.ts';
import type { RefusedHost, RegistryDocument } from '../../ports/ports.ts';
import { readBundle } from './bundle.ts';
import type { Candidate, Found, Signed, Unreadable } from './candidate.ts';
import { annotationsSchema, readAttestationLayer, readSignatureLayer } from './cosign-layers.ts';
import { maxManifestBytes, type Read } from './registry.ts';

/** Bill of materials of large images have a few megabytes. */
const maxBlobBytes = 8 * 1024 * 1024;
/** Signatures that are read for each kind: the newest, which registries list last. A repository with more is one that everybody may push to, or signs each night. */
const maxSignatures = 100;
const maxPages = 20;
const requests = 8;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  artifactType: z.string().optional(),
  annotations: annotationsSchema.optional(),
});
type Descriptor = z.infer<typeof descriptor>;
const manifestSchema = z.object({ layers: z.array(descriptor) });
const indexSchema = z.object({ manifests: z.array(descriptor) });

const bundleType = 'application/vnd.dev.sigstore.bundle';
/** What a registry lists for an image manifest that has no type of its own, besides no type at all. */
const untyped: readonly string[] = ['', 'application/vnd.oci.empty.v1+json', 'application/vnd.oci.image.config.v1+json'];
/** cosign 2 with COSIGN_EXPERIMENTAL=1 --registry-referrers-mode=oci-1-1. */
const signatureType = 'application/vnd.dev.cosign.artifact.sig.v1+json';

export interface Searched extends Found {
  /** Why some of it may be missing: `HTTP 429`. */
  readonly unavailable?: string;
  readonly refused?: RefusedHost;
}

/**
 * Everything that is attached to a manifest: cosign's tags, and its referrers with their fallback tag.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function findSignatures(read: Read, hex: string): Promise<Searched> {
  const search = new Search(read);
  await Promise.all([
    search.tag(`sha256-${hex}.sig`, 'payload'),
    search.tag(`sha256-${hex}.att`, 'statement'),
    search.referrers(hex),
  ]);
  return search.result();
}

class Search {
  readonly #read: Read;
  readonly #candidates: Candidate[] = [];
  readonly #unreadable: Unreadable[] = [];
  readonly #blobs = new Map<string, Promise<RegistryDocument>>();
  #unavailable: string | undefined;
  #refused: RefusedHost | undefined;

  constructor(read: Read) {
    this.#read = read;
  }

  result(): Searched {
    return {
      candidates: this.#candidates,
      unreadable: this.#unreadable,
      ...(this.#unavailable !== undefined && { unavailable: this.#unavailable }),
      ...(this.#refused !== undefined && { refused: this.#refused }),
    };
  }

  async tag(name: string, kind: Signed['kind']): Promise<void> {
    // `sha256-697646591287….sig`
    const place = name.replace(/(?<=^sha256-.{12}).*(?=\.)/, '…');
    const bytes = this.#content(await this.#read(`manifests/${name}`, maxManifestBytes), place, kind);
    if (bytes !== undefined) await this.#layers(bytes, place, kind);
  }

  async #layers(bytes: Buffer, place: string, kind: Signed['kind']): Promise<void> {
    const manifest = this.#parse(manifestSchema, bytes, place, kind);
    if (manifest === undefined) return;
    const all = manifest.layers.map((layer, index) => ({ layer, name: `${nouns[kind]} ${index + 1} of ${place}` }));
    await inParallel(requests, this.#newest(all, place, kind), async ({ layer, name }) => {
      const blob = this.#required(await this.#blob(layer.digest), name, kind);
      if (blob === undefined) return;
      const parse = kind === 'payload' ? readSignatureLayer : readAttestationLayer;
      this.#take(name, kind, () => parse(name, layer.annotations ?? {}, blob));
    });
  }

  async referrers(hex: string): Promise<void> {
    const listed = (await this.#listed(`referrers/sha256:${hex}`)) ?? (await this.#listed(`manifests/sha256-${hex}`)) ?? [];
    const some = listed.filter(({ artifactType = '' }) => artifactType.startsWith(bundleType) || isOther(artifactType));
    await inParallel(requests, this.#newest(some, 'the referrers of the image'), (one) => this.#referrer(one));
  }

  /** Undefined if there is no such list. */
  async #listed(first: string): Promise<readonly Descriptor[] | undefined> {
    const found: Descriptor[] = [];
    let path: string | undefined = first;
    for (let page = 0; path !== undefined; page += 1) {
      if (page === maxPages) {
        this.#problem('the referrers of the image', `there are more than ${maxPages} pages of them`);
        break;
      }
      const answer: RegistryDocument = await this.#read(path, maxManifestBytes);
      if (answer.status === 'absent' && page === 0) return undefined;
      const bytes = this.#content(answer, 'the referrers of the image');
      if (bytes === undefined) break;
      const index = this.#parse(indexSchema, bytes, 'the referrers of the image');
      found.push(...(index?.manifests ?? []));
      path = answer.status === 'found' ? answer.next : undefined;
    }
    return found;
  }

  async #referrer({ digest: name, artifactType = '' }: Descriptor): Promise<void> {
    const place = `the referrer ${name.slice(0, 19)}…`;
    const bytes = this.#required(await this.#read(`manifests/${name}`, maxManifestBytes), place);
    if (bytes === undefined) return;
    if (artifactType === signatureType) {
      await this.#layers(bytes, place, 'payload');
      return;
    }
    const manifest = this.#parse(manifestSchema, bytes, place);
    const [layer, ...others] = manifest?.layers ?? [];
    if (layer === undefined || others.length > 0 || !layer.mediaType.startsWith(bundleType)) return;
    const blob = this.#required(await this.#blob(layer.digest), place);
    if (blob !== undefined) this.#take(place, undefined, () => readBundle(place, blob));
  }

  /** Signatures of the same image have the same payload. */
  #blob(name: string): Promise<RegistryDocument> {
    const known = this.#blobs.get(name) ?? this.#read(`blobs/${name}`, maxBlobBytes);
    this.#blobs.set(name, known);
    return known;
  }

  #take(place: string, kind: Signed['kind'] | undefined, parse: () => Candidate): void {
    try {
      this.#candidates.push(parse());
    } catch {
      this.#problem(place, `it is not ${kind === 'payload' ? 'a signature' : 'an attestation'} as Sigstore defines it`, kind);
    }
  }

  #problem(place: string, why: string, kind?: Signed['kind']): void {
    this.#unreadable.push({ place, why, ...(kind !== undefined && { kind }) });
  }

  /** The content of something that a manifest or list names. */
  #required(answer: RegistryDocument, place: string, kind?: Signed['kind']): Buffer | undefined {
    if (answer.status === 'absent') this.#problem(place, 'the registry lists it and does not have it', kind);
    return this.#content(answer, place, kind);
  }

  #content(answer: RegistryDocument, place: string, kind?: Signed['kind']): Buffer | undefined {
    if (answer.status === 'found') return Buffer.from(answer.bytes);
    if (answer.status === 'too-large') this.#problem(place, 'it is too large to be read', kind);
    if (answer.status === 'unavailable') this.#unavailable ??= answer.why;
    if (answer.status === 'refused') this.#refused ??= answer;
    return undefined;
  }

  #parse<T>(schema: z.ZodType<T>, bytes: Buffer, place: string, kind?: Signed['kind']): T | undefined {
    try {
      return schema.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      this.#problem(place, 'it is not a manifest', kind);
      return undefined;
    }
  }

  #newest<T>(all: readonly T[], place: string, kind?: Signed['kind']): readonly T[] {
    if (all.length <= maxSignatures) return all;
    this.#problem(place, `it has ${all.length} entries, of which the last ${maxSignatures} were read`, kind);
    return all.slice(-maxSignatures);
  }
}

const nouns: Readonly<Record<Signed['kind'], string>> = {
  payload: 'signature',
  statement: 'attestation',
  file: 'signature',
};

function isOther(artifactType: string): boolean {
  return untyped.includes(artifactType) || artifactType === signatureType;
}
