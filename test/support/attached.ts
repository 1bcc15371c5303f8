import { blob } from './oci-image.ts';
import type { OciRegistry } from './oci-registry.ts';

/** What is attached to an image in a registry, changed as somebody could who may push there. */
// biome-ignore lint/suspicious/noExplicitAny: manifests and bundles are edited in any way
type Json = any;

/** A tag of cosign 2 with its payloads. */
export interface Legacy {
  readonly manifest: Json;
  readonly payloads: Buffer[];
}
export interface Place {
  readonly repository: string;
  readonly digest: string;
}

/** Attaches the signatures or attestations of one image to another, edited. */
export function attachLegacy(
  registry: OciRegistry,
  kind: 'sig' | 'att',
  from: Place,
  to: Place,
  edit: (legacy: Legacy) => void = () => {},
) {
  const tag = `${from.digest.replace(':', '-')}.${kind}`;
  const manifest: Json = JSON.parse(registry.get(from.repository, tag)?.toString('utf8') ?? 'null');
  const payloads = manifest.layers.map((layer: Json) => registry.get(from.repository, layer.digest));
  const legacy: Legacy = { manifest, payloads };
  edit(legacy);
  const layers = legacy.payloads.map((payload, index) => blob(legacy.manifest.layers[index].mediaType, payload));
  for (const [index, layer] of layers.entries()) {
    legacy.manifest.layers[index].digest = layer.digest;
    legacy.manifest.layers[index].size = layer.bytes.length;
  }
  const config = blob(manifest.config.mediaType, registry.get(from.repository, manifest.config.digest) ?? '{}');
  const name = `${to.digest.replace(':', '-')}.${kind}`;
  registry.push(to.repository, name, blob(manifest.mediaType, JSON.stringify(legacy.manifest)), [config, ...layers]);
}

/** Attaches the bundles of one image to another, edited. */
export function attachBundles(registry: OciRegistry, from: Place, to: Place, edit: (bundle: Json) => void = () => {}): void {
  for (const { bytes, repository, reference } of registry.contents()) {
    if (repository !== from.repository || !reference.startsWith('sha256:') || !bytes.includes('"subject"')) continue;
    const manifest: Json = JSON.parse(bytes.toString('utf8'));
    if (manifest.subject?.digest !== from.digest) continue;
    const bundle: Json = JSON.parse(registry.get(repository, manifest.layers[0].digest)?.toString('utf8') ?? 'null');
    edit(bundle);
    const layer = blob(manifest.layers[0].mediaType, JSON.stringify(bundle));
    manifest.layers[0] = { ...manifest.layers[0], digest: layer.digest, size: layer.bytes.length };
    manifest.subject = { ...manifest.subject, digest: to.digest };
    const changed = blob(manifest.mediaType, JSON.stringify(manifest));
    registry.push(to.repository, changed.digest, changed, [layer, blob('application/json', '{}')]);
  }
}
