import type { KeptAttestation, KeptAttestations, Ports } from '../../../src/ports/ports.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../../support/fake-sigstore.ts';
import { type OciRegistry, startOciRegistry } from '../../support/oci-registry.ts';
import { attachBundle, OwnKey, pushPlain } from '../../support/own-signatures.ts';
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
/** Attestations by an identity, with a proven time; that of the bad image is by another one. */
async function judgeBySlowClock() {
  const [registry, sigstore] = [await startOciRegistry(), await createSigstore()];
  try {
    for (const repository of ['clean', 'blocking']) {
      const digest = pushPlain(registry, repository);
      attachBundle(registry, repository, digest, Buffer.from(await attested(sigstore, repository, digest)));
    }
    const signedBy = [{ issuer, identity }];
    const rules = [{ images: `${registry.host}/**`, signedBy, roots: 'root.json', attestations: [{ predicateType }] }];
    const ports = (real: Ports) => ({ ...real, clock: { ...real.clock, now: () => new Date(Date.now() - 86_400_000) } });
    return await judgeByRoot(registry, sigstore, rules, ports);
  } finally {
    await registry.stop();
  }
}

/** Attestations that only GitHub keeps; that of the bad image is by another identity. */
async function judgeAtGitHub(fault: (kept: readonly KeptAttestation[]) => KeptAttestations) {
  const [registry, sigstore] = [await startOciRegistry(), await createSigstore()];
  const kept = new Map<string, KeptAttestation>();
  try {
    for (const repository of ['clean', 'blocking']) {
      const digest = pushPlain(registry, repository);
      kept.set(digest, { bundle: await attested(sigstore, repository, digest) });
    }
    const rule = { images: `${registry.host}/**`, signedBy: [{ issuer, identity }], roots: 'root.json' };
    const rules = [{ ...rule, attestations: [{ predicateType }], githubAttestations: 'org/app' }];
    return await judgeByRoot(registry, sigstore, rules, (real) => ({
      ...real,
      keptAttestations: async (_repository, digest) => fault([kept.get(digest) ?? { why: 'none' }]),
    }));
  } finally {
    await registry.stop();
  }
}

/** A bundle for an image; for the bad one, by another identity. */
function attested(sigstore: FakeSigstore, repository: string, digest: string): Promise<string> {
  const subject = [{ name: 'image', digest: { sha256: digest.slice('sha256:'.length) } }];
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
  const by = repository === 'clean' ? {} : { identity: 'https://github.com/evil/app' };
  return sigstore.attest(JSON.stringify(statement), by);
}

function judgeByRoot(registry: OciRegistry, sigstore: FakeSigstore, rules: readonly object[], ports: (real: Ports) => Ports) {
  const config = { version: 1, images: { privateRegistries: [registry.host] }, engines: { signatures: { rules } } };
  return judgeBoth((truth) => ({
    engines: 'cel,signatures',
    timeout: '30s',
    ports,
    files: {
      ...deploymentOf(`${registry.host}/${truth}:1`),
      'root.json': sigstore.trustedRoot(),
      '.k8s-gate.yaml': JSON.stringify(config),
    },
  }));
}

const predicateType = 'https://example.com/review/v1';
const area = 'Signatures of images';
const row = (id: string, fault: string, expects: Row['expects'], breaking: Parameters<typeof judge>[0] = {}): Row => ({
  ...{ id: `signatures-${id}`, area, fault, expects },
  run: () => judge(breaking),
});

const atGitHub = (id: string, fault: string, expects: Row['expects'], breaking: Parameters<typeof judgeAtGitHub>[0]): Row => ({
  ...{ id: `signatures-github-${id}`, area, fault, expects },
  run: () => judgeAtGitHub(breaking),
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
  row('redirect', 'the registry redirects requests about what is attached to the bad image to a private address', 'true', {
    intercept: (request, response) => {
      if (!/\/v2\/blocking\/.*(\.(sig|att)$|referrers)/.test(request.url ?? '')) return false;
      response.writeHead(307, { location: 'http://127.0.0.2:9/secret' }).end();
      return true;
    },
  }),
  {
    ...{
      id: 'signatures-clock',
      area,
      fault: 'the clock is a day earlier than the proven time of a signature',
      expects: 'true or error',
    },
    run: judgeBySlowClock,
  },
  atGitHub('work', 'attestations that GitHub keeps (so that the table is not all noise)', 'true', (attestations) => ({
    status: 'read',
    attestations,
  })),
  ...['HTTP 401', 'HTTP 403: Resource not accessible by integration', 'HTTP 429', 'no response within 30 s'].map((why, index) =>
    atGitHub(`refused-${index}`, `GitHub refuses the attestations that it keeps: ${why}`, 'error', () => ({
      status: 'unavailable',
      why,
    })),
  ),
  atGitHub('odd', 'GitHub also has an attestation that cannot be read', 'true', (attestations) => ({
    status: 'read',
    attestations: [{ why: 'HTTP 403' }, { bundle: '{}' }, ...attestations],
  })),
  row('unknown', 'an attestation of an unknown type is attached to the image', 'true', {
    attach: (registry, repository, digest) =>
      new OwnKey().attest(registry, repository, digest, [{ predicateType: 'https://example.com/unknown/v9', predicate: 1 }]),
  }),
];
