import { blob, descriptor } from '../../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../../support/oci-registry.ts';
import { OwnKey, pushPlain } from '../../support/own-signatures.ts';
import { judgeBoth } from '../in-process.ts';
import type { Row } from '../row.ts';
import { deploymentOf } from './trivy.ts';

/** A registry in this process with an image that the rule's key has signed (clean), and one that nobody has (blocking). */
type Intercept = Parameters<OciRegistry['intercept']>[0];

async function judge(
  fault: {
    readonly intercept?: Intercept;
    readonly attach?: (registry: OciRegistry, repository: string, digest: string) => void;
  } = {},
) {
  const registry = await startOciRegistry();
  const key = new OwnKey();
  try {
    for (const repository of ['clean', 'blocking']) {
      const digest = pushPlain(registry, repository);
      fault.attach?.(registry, repository, digest);
      if (repository === 'clean') key.sign(registry, repository, digest);
    }
    registry.intercept(fault.intercept);
    const rules = [{ images: `${registry.host}/**`, keys: [{ pem: key.pem }], transparencyLog: false }];
    const config = {
      version: 1,
      images: { privateRegistries: [registry.host] },
      engines: { signatures: { rules, imageTimeout: '1s' } },
    };
    return await judgeBoth((truth) => ({
      engines: 'cel,signatures',
      timeout: '30s',
      files: { ...deploymentOf(`${registry.host}/${truth}:1`), '.k8s-gate.yaml': JSON.stringify(config) },
    }));
  } finally {
    await registry.stop();
  }
}

const answer =
  (status: number, pattern = /\/v2\/./): Intercept =>
  (request, response) => {
    if (!pattern.test(request.url ?? '')) return false;
    response.writeHead(status).end();
    return true;
  };
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

function attachBundle(registry: OciRegistry, repository: string, digest: string, bytes: Buffer): void {
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

const area = 'Signatures of images';
const row = (id: string, fault: string, expects: Row['expects'], breaking: Parameters<typeof judge>[0] = {}): Row => ({
  ...{ id: `signatures-${id}`, area, fault, expects },
  run: () => judge(breaking),
});

export const signatureRows: readonly Row[] = [
  row('work', 'signatures does its work (so that the table is not all noise)', 'true'),
  ...[401, 403, 404, 429, 500].map((status) =>
    row(`status-${status}`, `the registry answers everything with ${status}`, 'error', { intercept: answer(status) }),
  ),
  row('status-attached', 'the registry answers with 429 for what is attached to an image', 'error', {
    intercept: answer(429, /\.(sig|att)$|referrers/),
  }),
  row('slow', 'the registry does not respond to requests about what is attached to an image', 'error', {
    intercept: (request) => /\.(sig|att)$|referrers/.test(request.url ?? ''),
  }),
  row('large', 'a bundle of 10 MB is attached to the image', 'true', {
    attach: (registry, repository, digest) => attachBundle(registry, repository, digest, Buffer.alloc(10_000_000, ' ')),
  }),
  row('broken', 'a bundle that is not one is attached to the image', 'true', {
    attach: (registry, repository, digest) => attachBundle(registry, repository, digest, Buffer.from('{"mediaType":1}')),
  }),
  row('foreign', 'a thousand signatures by another key are attached to the image', 'true', {
    attach: (registry, repository, digest) => {
      if (repository === 'blocking') new OwnKey().sign(registry, repository, digest, 1_000);
    },
  }),
  row('unknown', 'an attestation of an unknown type is attached to the image', 'true', {
    attach: (registry, repository, digest) =>
      new OwnKey().attest(registry, repository, digest, [{ predicateType: 'https://example.com/unknown/v9', predicate: 1 }]),
  }),
];
