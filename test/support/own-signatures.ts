import { generateKeyPairSync, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { blob, buildImage, descriptor } from './oci-image.ts';
import type { OciRegistry } from './oci-registry.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A key that signs as cosign does, without a log. */
export class OwnKey {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  readonly pem = this.#pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  /** Pushes `count` signatures of an image; all but the last are not by this key. */
  sign(registry: OciRegistry, repository: string, digest: string, count = 1): void {
    const payload = Buffer.from(JSON.stringify({ critical: { image: { 'docker-manifest-digest': digest } } }));
    const wrong = Buffer.from('no signature').toString('base64');
    const own = sign('sha256', payload, this.#pair.privateKey).toString('base64');
    const layer = blob('application/vnd.dev.cosign.simplesigning.v1+json', payload);
    const layers = Array.from({ length: count }, (_, index) =>
      descriptor(layer, { 'dev.cosignproject.cosign/signature': index === count - 1 ? own : wrong }),
    );
    pushAttached(registry, repository, `${digest.replace(':', '-')}.sig`, layers, [layer]);
  }

  /** Pushes statements about an image. */
  attest(registry: OciRegistry, repository: string, digest: string, statements: readonly Statement[]): void {
    const layers = statements.map(({ predicateType, predicate, about = digest }) => {
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ digest: { sha256: about.slice('sha256:'.length) } }],
        predicateType,
        predicate,
      };
      const payload = Buffer.from(JSON.stringify(statement));
      const payloadType = 'application/vnd.in-toto+json';
      const sig = sign('sha256', dsse.preAuthEncoding(payloadType, payload), this.#pair.privateKey).toString('base64');
      return blob(
        'application/vnd.dsse.envelope.v1+json',
        JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures: [{ sig }] }),
      );
    });
    pushAttached(
      registry,
      repository,
      `${digest.replace(':', '-')}.att`,
      layers.map((layer) => descriptor(layer)),
      layers,
    );
  }
}

export interface Statement {
  readonly predicateType: string;
  readonly predicate: unknown;
  /** Another image. */
  readonly about?: string;
}

export function pushAttached(
  registry: OciRegistry,
  repository: string,
  tag: string,
  layers: readonly object[],
  blobs: Parameters<OciRegistry['push']>[3],
): void {
  const config = blob('application/vnd.oci.image.config.v1+json', '{}');
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: descriptor(config), layers };
  registry.push(repository, tag, blob(manifestType, JSON.stringify(manifest)), [config, ...(blobs ?? [])]);
}

/** An image of its own; returns its digest. */
export function pushPlain(registry: OciRegistry, repository: string, tag = '1'): string {
  const image = buildImage([[{ path: 'app', content: repository }]]);
  return registry.push(repository, tag, image.manifest, [image.config, ...image.layers]);
}

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A referrer of an image, as cosign 3 and `push-to-registry` of actions/attest push it. */
export function attachBundle(registry: OciRegistry, repository: string, digest: string, bytes: Buffer): void {
  const layer = blob(bundleType, bytes);
  const config = blob('application/vnd.oci.empty.v1+json', '{}');
  const subject = { mediaType: manifestType, digest, size: 1 };
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: bundleType,
    config: descriptor(config),
    layers: [descriptor(layer)],
    subject,
  };
  const referrer = blob(manifestType, JSON.stringify(manifest));
  registry.push(repository, referrer.digest, referrer, [config, layer]);
}
