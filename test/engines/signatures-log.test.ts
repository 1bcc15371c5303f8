import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identity, issuer } from '../support/fake-sigstore.ts';
import { blob, descriptor } from '../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { attachBundle, pushAttached, pushPlain } from '../support/own-signatures.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { type SigstoreServices, startSigstore } from '../support/sigstore-services.ts';
import { type Logged, stamped } from '../support/stamped-bundle.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

let [registry, sigstore]: [OciRegistry?, SigstoreServices?] = [];
beforeAll(async () => {
  [registry, sigstore] = [await startOciRegistry(), await startSigstore()];
});
afterAll(async () => {
  await registry?.stop();
  await sigstore?.stop();
  removeTempFolders();
});

type LogEntries = Awaited<ReturnType<SigstoreServices['tlog']['log']>>;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');

/** A signature by one key, whose true entry in the log is under another, if `logged` is another. */
async function judgeLogged(signer: ReturnType<typeof newKey>, logged: KeyObject, more: object = {}): Promise<readonly string[]> {
  if (registry === undefined || sigstore === undefined) throw new Error('nothing was started');
  const digest = pushPlain(registry, 'logged');
  const payload = Buffer.from(JSON.stringify({ critical: { image: { 'docker-manifest-digest': digest } } }));
  const signature = sign('sha256', payload, signer.privateKey);
  const entries = await sigstore.tlog.log({
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') } },
      signature: { content: base64(signature), publicKey: { content: base64(pemOf(logged)) } },
    },
  });
  const [entry] = Object.values<LogEntries[string]>(entries);
  const log = {
    SignedEntryTimestamp: entry?.verification?.signedEntryTimestamp,
    Payload: { body: entry?.body, integratedTime: entry?.integratedTime, logIndex: entry?.logIndex, logID: entry?.logID },
  };
  const layer = blob('application/vnd.dev.cosign.simplesigning.v1+json', payload);
  const annotations = {
    'dev.cosignproject.cosign/signature': base64(signature),
    'dev.sigstore.cosign/bundle': JSON.stringify(log),
  };
  pushAttached(registry, 'logged', `${digest.replace(':', '-')}.sig`, [descriptor(layer, annotations)], [layer]);
  const rule = { images: `${registry.host}/**`, keys: [{ pem: pemOf(signer.publicKey) }], roots: 'root.json', ...more };
  return answers(
    await judgeSignatures({
      images: [`${registry.host}/logged:1`],
      options: { rules: [rule] },
      files: { 'root.json': sigstore.trustedRoot() },
    }),
  );
}

it('a log entry proves a signature only if it is for the same key', async () => {
  const [own, other] = [newKey(), newKey()];
  expect(await judgeLogged(own, own.publicKey)).toEqual([]);
  expect(await judgeLogged(own, other.publicKey)).toEqual(['invalid-signature']);
});

it('a log entry that is not required does no harm', async () => {
  const [own, other] = [newKey(), newKey()];
  expect(await judgeLogged(own, other.publicKey, { transparencyLog: false })).toEqual([]);
});

const hash = (text: string) => createHash('sha256').update(Buffer.from(text, 'base64')).digest();
const v2 = (digest: Buffer, { envelope, certificate }: Logged, content = envelope.signatures[0].sig) => ({
  apiVersion: '0.0.2',
  kind: 'dsse',
  spec: {
    dsseV002: {
      payloadHash: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
      signatures: [
        {
          content,
          verifier: { x509Certificate: { rawBytes: certificate.toString('base64') }, keyDetails: 'PKIX_ECDSA_P256_SHA_256' },
        },
      ],
    },
  },
});
const intoto = (apiVersion: string, { envelope, certificate }: Logged) => ({
  apiVersion,
  kind: 'intoto',
  spec: {
    content: {
      envelope: {
        payloadType: envelope.payloadType,
        signatures: [{ sig: base64(envelope.signatures[0].sig), publicKey: base64(pemOfCertificate(certificate)) }],
      },
      payloadHash: { algorithm: 'sha256', value: hash(envelope.payload).toString('hex') },
    },
  },
});
const pemOfCertificate = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

it.each<[string, (logged: Logged) => ReturnType<typeof v2 | typeof intoto>, string]>([
  ['dsse 0.0.2 (Rekor 2)', (logged) => v2(hash(logged.envelope.payload), logged), ''],
  ['dsse 0.0.2 about another payload', (logged) => v2(hash('AAAA'), logged), 'its log entry is about another signature'],
  [
    'dsse 0.0.2 about another signature',
    (logged) => v2(hash(logged.envelope.payload), logged, 'AAAA'),
    'its log entry is about another signature',
  ],
  ['intoto 0.0.2', (logged) => intoto('0.0.2', logged), ''],
  ['intoto 0.0.1 (cosign before 2.0)', (logged) => intoto('0.0.1', logged), 'not supported (intoto version: 0.0.1)'],
  ['an unknown kind', (logged) => ({ ...intoto('0.0.1', logged), kind: 'rekord' }), 'not supported (kind: rekord)'],
])('an entry of the log of the kind %s proves a signature, or is named', async (_what, entryOf, why) => {
  if (registry === undefined || sigstore === undefined) throw new Error('nothing was started');
  const digest = pushPlain(registry, 'kinds');
  const predicateType = 'https://example.com/review/v1';
  const subject = [{ name: 'kinds', digest: { sha256: digest.slice('sha256:'.length) } }];
  const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: { why } });
  for (const { repository, reference, bytes } of registry.contents())
    if (repository === 'kinds' && bytes.includes('"subject"')) registry.remove(repository, reference);
  attachBundle(registry, 'kinds', digest, await stamped(sigstore, statement, entryOf));
  const rule = {
    images: `${registry.host}/**`,
    signedBy: [{ issuer, identity }],
    roots: 'root.json',
    attestations: [{ predicateType }],
  };
  const run = await judgeSignatures({
    images: [`${registry.host}/kinds:1`],
    options: { rules: [rule] },
    files: { 'root.json': sigstore.trustedRoot() },
  });
  expect(answers(run)).toEqual(why === '' ? [] : ['invalid-signature']);
  expect(run.findings[0]?.title ?? '').toContain(why);
});
