import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blob, descriptor } from '../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { pushAttached, pushPlain } from '../support/own-signatures.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { type SigstoreServices, startSigstore } from '../support/sigstore-services.ts';
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
