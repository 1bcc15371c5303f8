import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCommand } from '../../src/commands/verify.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { checked, run } from '../support/checked-commit.ts';
import { createSigstore, type FakeSigstore, identity } from '../support/fake-sigstore.ts';
import { MemoryGitHub } from '../support/github-memory.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

/** A verdict about a commit, and a Sigstore that signs it. */
interface World {
  readonly commit: Awaited<ReturnType<typeof checked>>;
  readonly sigstore: FakeSigstore;
  readonly roots: string;
}
let world: World | undefined;
beforeAll(async () => {
  const sigstore = await createSigstore();
  world = { commit: await checked(), sigstore, roots: write('root.json', sigstore.trustedRoot()) };
});
afterAll(removeTempFolders);

const there = (): World => {
  if (world === undefined) throw new Error('nothing was started');
  return world;
};
function write(name: string, text: string | Buffer): string {
  const file = path.join(emptyFolder(), name);
  writeFileSync(file, text);
  return file;
}
const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const keyFile = () => write('release.pub', key.publicKey.export({ type: 'spki', format: 'pem' }).toString());

/** What actions/attest makes of a file: a statement whose subject is its SHA-256, with the predicate of the file. */
function attested(file: string, more: object = {}): string {
  const bytes = readFileSync(file);
  const { predicate, predicateType } = JSON.parse(bytes.toString('utf8'));
  const subject = [{ name: 'verdict.json', digest: { sha256: createHash('sha256').update(bytes).digest('hex') } }];
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate, ...more });
}
type Signing = Parameters<FakeSigstore['attest']>[1];
const bundled = async (statement: string, signing?: Signing): Promise<string> =>
  write('bundle.json', await there().sigstore.attest(statement, signing));
const verify = (bundle: string, args: readonly string[] = ['--identity', identity], file = there().commit.file) =>
  run(verifyCommand, there().commit.folder, [file, '--bundle', bundle, '--roots', there().roots, ...args]);

describe('k8s-gate verify with a signature', () => {
  it('accepts what the identity signed, as actions/attest and cosign write it, and names it', async () => {
    const { sigstore, commit } = there();
    const bundle = await bundled(attested(commit.file));
    const { code, text } = await verify(bundle);
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/: pass for [0-9a-f]{40}, evaluated at .* signed by https:\/\/github\.com\/example\/probe\//),
    ]);
    const pattern = ['--identity', 'https://github.com/example/*/.github/workflows/release.yaml@refs/tags/v*'];
    expect((await verify(bundle, pattern)).code).toBe(0);
    const blob = write('blob.json', await sigstore.signFile(readFileSync(commit.file)));
    expect((await verify(blob)).code).toBe(0);
    const whole = await bundled(readFileSync(commit.file, 'utf8'));
    expect((await verify(whole)).code).toBe(0);
  });

  it('accepts one of several bundles, one per line', async () => {
    const { sigstore, commit } = there();
    const other = await sigstore.attest(attested(commit.file, { predicateType: 'https://slsa.dev/provenance/v1' }));
    const lines = write('bundles.jsonl', `${other}\n${await sigstore.attest(attested(commit.file))}\n`);
    expect((await verify(lines)).code).toBe(0);
    expect((await verify(write('one.jsonl', `${other}\n`))).text).toContain('has no signature of it');
  });

  it('accepts a key', async () => {
    const bundle = await bundled(attested(there().commit.file), { privateKey: key.privateKey });
    const { code, text } = await verify(bundle, ['--key', keyFile()]);
    expect([code, text]).toEqual([0, expect.stringContaining(', signed by the key')]);
    expect((await verify(bundle)).text).toContain('it is signed with a key');
  });

  it('accepts what GitHub keeps with the repository, and is an error if that cannot be read', async () => {
    const { sigstore, commit, roots } = there();
    const github = new MemoryGitHub();
    const args = [commit.file, '--repo', 'octo/shop', '--identity', identity, '--roots', roots];
    const attempt = () => run(verifyCommand, commit.folder, args, new Date(), { connectGitHub: () => Promise.resolve(github) });
    await expect(attempt()).rejects.toThrow('GitHub has no attestation of this file in octo/shop');
    const digest = `sha256:${createHash('sha256').update(readFileSync(commit.file)).digest('hex')}`;
    const other = await sigstore.attest(attested(commit.file), { identity: identity.replace('example', 'evil') });
    github.bundles.set(digest, [other]);
    expect((await attempt()).text).toContain('it is signed by https://github.com/evil/');
    github.bundles.set(digest, [other, await sigstore.attest(attested(commit.file))]);
    expect((await attempt()).code).toBe(0);
    github.bundles.set(digest, ['null']);
    await expect(attempt()).rejects.toThrow('the attestations in octo/shop: there is no signature that can be read');
    github.before = () => {
      throw new Error('HTTP 500');
    };
    await expect(attempt()).rejects.toThrow('could not be read: HTTP 500');
  });

  const another = `${'ab'.repeat(32)}`;
  it.each<[string, (file: string) => string, Signing, readonly string[] | undefined, string]>([
    [
      'another identity',
      attested,
      { identity: identity.replace('example', 'evil') },
      undefined,
      'it is signed by https://github.com/evil/',
    ],
    ['another issuer', attested, { issuer: 'https://accounts.google.com' }, undefined, '(issuer https://accounts.google.com)'],
    [
      'another issuer than is asked for',
      attested,
      undefined,
      ['--identity', identity, '--issuer', 'https://gitlab.com'],
      'it is signed by',
    ],
    ['an identity that only begins like the pattern', attested, { identity: `${identity}-evil` }, undefined, 'it is signed by'],
    [
      'another file',
      (file) => attested(file, { subject: [{ name: 'x', digest: { sha256: another } }] }),
      undefined,
      undefined,
      'it is about another file: sha256:abababababab…',
    ],
    [
      'a subject of another kind of digest',
      (file) => attested(file, { subject: [{ name: 'x', digest: { gitCommit: 'ab' } }] }),
      undefined,
      undefined,
      'it is about another file',
    ],
    [
      'another predicate about this file',
      (file) => attested(file, { predicate: {} }),
      undefined,
      undefined,
      'the attested predicate is not that of the file',
    ],
    [
      'an entry of the log for another key',
      attested,
      {
        privateKey: key.privateKey,
        logged: generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
          .publicKey.export({ type: 'spki', format: 'pem' })
          .toString(),
      },
      [],
      'its log entry is for another key or certificate',
    ],
  ])('does not accept what was signed by, or is about, %s', async (_what, statement, signing, args, complaint) => {
    const flags = args?.length === 0 ? ['--key', keyFile()] : args;
    const { code, text } = await verify(await bundled(statement(there().commit.file), signing), flags);
    expect([code, text]).toEqual([1, expect.stringContaining(complaint)]);
  });

  it.each<
    [string, (bundle: { verificationMaterial: { tlogEntries?: unknown }; dsseEnvelope: { payload: string } }) => void, string]
  >([
    [
      'without the proof of the log',
      ({ verificationMaterial }) => delete verificationMaterial.tlogEntries,
      'no trusted log or timestamp authority',
    ],
    [
      'whose payload was changed',
      ({ dsseEnvelope }) => {
        dsseEnvelope.payload = Buffer.from(attested(there().commit.file, { name: 'x' })).toString('base64');
      },
      'its log entry is about another signature',
    ],
  ])('does not accept a bundle %s', async (_what, edit, complaint) => {
    const bundle = JSON.parse(await there().sigstore.attest(attested(there().commit.file)));
    edit(bundle);
    const { code, text } = await verify(write('edited.json', JSON.stringify(bundle)));
    expect([code, text]).toEqual([1, expect.stringContaining(complaint)]);
  });

  it('does not accept an authority that the root does not have', async () => {
    const other = await createSigstore();
    const bundle = write('foreign.json', await other.attest(attested(there().commit.file)));
    const { code, text } = await verify(bundle);
    expect([code, text]).toEqual([1, expect.stringContaining('not accepted: the signature: ')]);
    expect(
      (
        await run(verifyCommand, there().commit.folder, [
          there().commit.file,
          '--bundle',
          bundle,
          '--identity',
          identity,
          '--no-refresh',
        ])
      ).code,
    ).toBe(1);
  });

  it('checks the content as well: the signature of a verdict that blocks is not that of a verdict that passes', async () => {
    const bad = await checked(true);
    const bundle = await bundled(attested(bad.file));
    const { code, text } = await run(verifyCommand, bad.folder, [
      bad.file,
      '--bundle',
      bundle,
      '--roots',
      there().roots,
      '--identity',
      identity,
    ]);
    expect([code, text]).toEqual([1, expect.stringContaining('its verdict is block')]);
    expect(text).not.toContain('it is signed by');
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['no JSON', 'x', /there is no signature that can be read: the signature: it is not a Sigstore bundle/],
    ['empty', '', /there is no signature that can be read: the file: it is empty/],
    ['no bundle', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}', /it is not a Sigstore bundle/],
    ['larger than 20 MB', Buffer.alloc(20_000_001, ' '), /is too large to be read/],
  ])('is an error, not a refusal, if the bundle is %s', async (_what, content, message) => {
    const attempt = verify(write('bundle.json', content));
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(GateError);
  });

  it('is an error if it cannot be verified: a key, root or bundle that is missing, or a clock that is slow', async () => {
    const bundle = await bundled(attested(there().commit.file));
    await expect(verify(bundle, ['--key', write('bad.pub', 'no key')])).rejects.toThrow('is not a public key');
    await expect(verify(path.join(emptyFolder(), 'none.json'))).rejects.toBeInstanceOf(GateError);
    const args = [there().commit.file, '--bundle', bundle, '--identity', identity];
    await expect(run(verifyCommand, there().commit.folder, [...args, '--roots', write('r.json', '{}')])).rejects.toThrow(
      'is not a trusted root',
    );
    const slow = new Date(Date.now() - 86_400_000);
    await expect(run(verifyCommand, there().commit.folder, [...args, '--roots', there().roots], slow)).rejects.toThrow(
      'the clock of this machine is wrong',
    );
  });

  it.each<[readonly string[], string]>([
    [['--bundle', 'b.json'], 'no signer is given that is accepted'],
    [['--repo', 'octo/shop'], 'no signer is given that is accepted'],
    [['--repo', 'octo', '--identity', 'x'], 'is not a repository'],
    [['--repo', 'octo/shop', '--bundle', 'b.json', '--identity', 'x'], 'are both given'],
    [['--bundle', 'b.json', '--issuer', 'https://x.example', '--key', 'a.pub'], '--issuer is given without --identity'],
    [['--identity', 'x'], '--identity is about a signature, and none is given'],
    [['--no-transparency-log', '--unsigned'], '--no-transparency-log is about a signature'],
    [['--bundle', 'b.json', '--identity', 'x', '--unsigned'], 'contradict each other'],
    [['--bundle', 'b.json', '--identity', ''], '--identity is empty'],
    [['--bundle', '', '--identity', 'x'], '--bundle is empty'],
    [['--bundle', 'b.json', '--identity', 'x', '--issuer', 'ftp://x'], '--issuer is not a URL: ftp://x'],
    [['--bundle', 'b.json', '--identity', 'x', '--issuer', ''], '--issuer is not a URL'],
  ])('is an error for %s', async (args, message) => {
    await expect(run(verifyCommand, there().commit.folder, [there().commit.file, ...args])).rejects.toThrow(message);
  });
});
