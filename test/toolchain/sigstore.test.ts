import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SigstoreInput, type SigstoreSigner, verifySigstore } from '../../src/toolchain/sigstore.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';

const root = path.join(import.meta.dirname, '..', '..');
const fixture = (name: string): string => readFileSync(path.join(root, 'test/fixtures/sigstore', name), 'utf8');

describe('real signatures, against the root that is pinned', () => {
  const real: Omit<SigstoreInput, 'bundle' | 'signer'> = {
    artifact: readFileSync(path.join(root, 'test/fixtures/sigstore/a.txt')),
    trustedRoot: readFileSync(path.join(root, 'engines/trust/sigstore-trusted-root.json'), 'utf8'),
  };
  const beacon: SigstoreSigner = {
    kind: 'sigstore',
    issuer,
    identity:
      'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main',
  };

  it('of a workflow holds', () => {
    const input = { ...real, bundle: fixture('happy-path-v0.3.json') };
    expect(verifySigstore({ ...input, signer: beacon })).toBe(beacon.identity);
    expect(() => verifySigstore({ ...input, signer: { ...beacon, identity } })).toThrow('it is signed by');
    expect(() => verifySigstore({ ...input, artifact: Buffer.from('b'), signer: beacon })).toThrow();
  });

  it('of a key holds', () => {
    const input = { ...real, bundle: fixture('managed-key-happy-path.json') };
    const signer = (publicKey: string): SigstoreSigner => ({ kind: 'sigstore-key', publicKey });
    const another = readFileSync(path.join(root, 'engines/trust/kube-linter.pub'), 'utf8');
    expect(verifySigstore({ ...input, signer: signer(fixture('key.pub')) })).toBe("the publisher's key");
    expect(() => verifySigstore({ ...input, signer: signer(another) })).toThrow('signature verification failed');
  });
});

describe('a signature of a workflow', () => {
  const artifact = Buffer.from('the archive');
  const signer: SigstoreSigner = { kind: 'sigstore', issuer, identity };
  let sigstore: FakeSigstore;
  let bundle: string;
  const check = (rest: Partial<SigstoreInput> = {}): string =>
    verifySigstore({ artifact, bundle, trustedRoot: sigstore.trustedRoot(), signer, ...rest });
  /** The bundle with one thing changed. */
  const changed = (change: (bundle: ReturnType<typeof JSON.parse>) => void): string => {
    const value = JSON.parse(bundle);
    change(value);
    return JSON.stringify(value);
  };
  beforeAll(async () => {
    sigstore = await createSigstore();
    bundle = await sigstore.signFile(artifact);
  });

  it('holds', () => {
    expect(check()).toBe(identity);
  });

  it('is of that file only', () => {
    expect(() => check({ artifact: Buffer.from('the archive!') })).toThrow();
  });

  it.each([
    ['another tag', { identity: identity.replace('v1.2.3', 'v1.2.30') }],
    ['another workflow', { identity: identity.replace('release.yaml', 'pull-request.yaml') }],
    ['a fork', { identity: identity.replace('example/', 'example-fork/') }],
    ['a name that a pattern would take', { identity: identity.replace('github.com', 'githubxcom') }],
    ['another issuer', { issuer: 'https://accounts.example.com' }],
  ])('of %s is refused', async (_what, signing) => {
    await expect(sigstore.signFile(artifact, signing).then((other) => check({ bundle: other }))).rejects.toThrow('not by');
  });

  it('of another Sigstore is refused', async () => {
    const other = await createSigstore();
    expect(() => check({ trustedRoot: other.trustedRoot() })).toThrow();
    const foreign = await other.signFile(artifact);
    expect(() => check({ bundle: foreign })).toThrow();
  });

  it('made after its authority ceased to be one is refused', () => {
    const trustedRoot = sigstore.trustedRoot({ until: new Date(Date.now() - 86_400_000) });
    expect(() => check({ trustedRoot })).toThrow();
  });

  it.each([
    ['no log entry', (value: ReturnType<typeof JSON.parse>) => value.verificationMaterial.tlogEntries.pop()],
    ['a changed time', (value) => Object.assign(value.verificationMaterial.tlogEntries[0], { integratedTime: '1700000000' })],
    ['no inclusion proof', (value) => delete value.verificationMaterial.tlogEntries[0].inclusionProof],
    ['another digest', (value) => Object.assign(value.messageSignature.messageDigest, { digest: 'AAAA' })],
    ['another signature', (value) => Object.assign(value.messageSignature, { signature: 'MEQCIAAA' })],
    [
      'no certificate',
      (value) => Object.assign(value.verificationMaterial, { certificate: undefined, publicKey: { hint: 'x' } }),
    ],
    ['an unknown media type', (value) => Object.assign(value, { mediaType: 'application/json' })],
  ] satisfies [string, (value: ReturnType<typeof JSON.parse>) => unknown][])('with %s is refused', (_what, change) => {
    expect(() => check({ bundle: changed(change) })).toThrow();
  });

  it('with the log entry of another file is refused', async () => {
    const other = JSON.parse(await sigstore.signFile(Buffer.from('another')));
    const entries = other.verificationMaterial.tlogEntries;
    expect(() =>
      check({ bundle: changed((value) => Object.assign(value.verificationMaterial, { tlogEntries: entries })) }),
    ).toThrow();
  });

  it.each(['', '{}', '<html>', '[]', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'])('is not %j', (text) => {
    expect(() => check({ bundle: text })).toThrow();
  });

  it('is not one of a key, nor the other way round', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const byKey = await sigstore.signFile(artifact, { privateKey: pair.privateKey });
    expect(() => check({ bundle: byKey })).toThrow('signed with a key');
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => check({ signer: { kind: 'sigstore-key', publicKey } })).toThrow('signed with a certificate');
    expect(check({ bundle: byKey, signer: { kind: 'sigstore-key', publicKey } })).toBe("the publisher's key");
  });
});
