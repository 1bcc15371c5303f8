import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CurrentRoot, TrustRoots } from '../../src/ports/ports.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { attachBundle, OwnKey, pushPlain } from '../support/own-signatures.ts';
import { refusal } from '../support/policy-bench.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { type SigstoreServices, startSigstore } from '../support/sigstore-services.ts';
import { stamped } from '../support/stamped-bundle.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** A Sigstore in the role of the public one, and one without logs in the role of GitHub's own. */
let world: { readonly registry: OciRegistry; readonly sigstore: FakeSigstore; readonly github: SigstoreServices } | undefined;
beforeAll(async () => {
  world = {
    registry: await startOciRegistry(),
    sigstore: await createSigstore(),
    github: await startSigstore({ certificateLog: false }),
  };
  for (const repository of ['public', 'stripped', 'private', 'keyed']) {
    const digest = pushPlain(world.registry, repository);
    const subject = [{ name: repository, digest: { sha256: digest.slice('sha256:'.length) } }];
    const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} });
    if (repository === 'keyed') key.sign(world.registry, repository, digest);
    else if (repository === 'private') attachBundle(world.registry, repository, digest, await stamped(world.github, statement));
    else {
      const bundle = JSON.parse(await world.sigstore.attest(statement));
      if (repository === 'stripped') delete bundle.verificationMaterial.tlogEntries;
      attachBundle(world.registry, repository, digest, Buffer.from(JSON.stringify(bundle)));
    }
  }
});
afterAll(async () => {
  await world?.registry.stop();
  await world?.github.stop();
  removeTempFolders();
});

const key = new OwnKey();
const predicateType = 'https://example.com/review/v1';
const there = () => {
  if (world === undefined) throw new Error('nothing was started');
  return world;
};

const privateRoot = () => there().github.trustedRoot({ withoutLog: true, withoutCertificateLog: true });
const current = (text: string): CurrentRoot => ({ status: 'current', text });
const down: CurrentRoot = { status: 'unavailable', why: 'HTTP 503' };

/** What the publishers' repositories answer; `asked` are the addresses. */
function publishers(answer: { readonly public?: CurrentRoot; readonly github?: CurrentRoot }) {
  const asked: string[] = [];
  const trustRoots: TrustRoots = {
    current: async ({ url }) => {
      asked.push(url);
      const isPublic = url === 'https://tuf-repo-cdn.sigstore.dev';
      return (isPublic ? answer.public : answer.github) ?? down;
    },
  };
  return { asked, trustRoots };
}
const rule = (more: object = {}) => ({
  images: `${there().registry.host}/**`,
  signedBy: [{ issuer, identity }],
  attestations: [{ predicateType }],
  ...more,
});
const judge = (repository: string, trustRoots: TrustRoots, one: object = rule(), more: object = {}) =>
  judgeSignatures({
    images: [`${there().registry.host}/${repository}:1`],
    options: { rules: [one], ...more },
    trustRoots,
    files: { 'roots.jsonl': `${there().sigstore.trustedRoot()}\n${privateRoot()}\n` },
  });

describe('the authorities of the public Sigstore', () => {
  it('are those that it publishes now', async () => {
    const { asked, trustRoots } = publishers({ public: current(there().sigstore.trustedRoot()) });
    const run = await judge('public', trustRoots);
    expect([answers(run), run.notes, asked]).toEqual([[], [], ['https://tuf-repo-cdn.sigstore.dev']]);
  });

  it('are those of the release, with their age, if that is unavailable: never a pass because of it', async () => {
    const run = await judge('public', publishers({}).trustRoots);
    expect(answers(run)).toEqual(['invalid-signature']);
    expect(run.notes).toEqual([
      expect.stringMatching(
        /^the authorities of the public Sigstore are those of this release, \d+ days old, since .* could not be read: HTTP 503$/,
      ),
    ]);
  });

  it('are those of the release without a request if `refreshRoots` is false', async () => {
    const { asked, trustRoots } = publishers({ public: current(there().sigstore.trustedRoot()) });
    expect(answers(await judge('public', trustRoots, rule(), { refreshRoots: false }))).toEqual(['invalid-signature']);
    expect(asked).toEqual([]);
  });

  it('are not asked for if no rule needs one', async () => {
    const { asked, trustRoots } = publishers({});
    const keyed = { images: `${there().registry.host}/**`, keys: [{ pem: key.pem }], transparencyLog: false };
    const run = await judge('keyed', trustRoots, keyed);
    expect([answers(run), run.notes, asked]).toEqual([[], [], []]);
    expect(answers(await judge('public', trustRoots, rule({ roots: 'roots.jsonl' })))).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('must have logs, so that a root without them accepts nothing', async () => {
    const withoutLog = there().github.trustedRoot({ withoutLog: true });
    expect((await refusal(judge('public', publishers({ public: current(withoutLog) }).trustRoots))).message).toContain(
      'has no logs',
    );
  });
});

describe('GitHub’s own Sigstore', () => {
  const both = () => publishers({ public: current(there().sigstore.trustedRoot()), github: current(privateRoot()) });

  it('is accepted with a timestamp instead of a log, if the rule allows it', async () => {
    expect(answers(await judge('private', both().trustRoots))).toEqual(['invalid-signature']);
    const { asked, trustRoots } = both();
    expect(answers(await judge('private', trustRoots, rule({ githubSigstore: true })))).toEqual([]);
    expect(asked.toSorted()).toEqual(['https://tuf-repo-cdn.sigstore.dev', 'https://tuf-repo.github.com']);
  });

  it('does not make the log of the public Sigstore optional', async () => {
    expect(answers(await judge('public', both().trustRoots, rule({ githubSigstore: true })))).toEqual([]);
    expect(answers(await judge('stripped', both().trustRoots, rule({ githubSigstore: true })))).toEqual(['invalid-signature']);
  });

  it('accepts the same identities only', async () => {
    const other = rule({ githubSigstore: true, signedBy: [{ issuer, identity: 'https://github.com/org/*' }] });
    const run = await judge('private', both().trustRoots, other);
    expect(answers(run)).toEqual(['untrusted-signer']);
    expect(run.findings[0]?.title).toContain(`it is signed by ${identity}`);
  });

  it('is an error if its root is unavailable, and may be a file, with the other root or alone', async () => {
    const failure = await refusal(judge('private', publishers({ public: down }).trustRoots, rule({ githubSigstore: true })));
    expect([failure.code, failure.message]).toEqual([
      'ENGINE_FAILED',
      expect.stringContaining('gh attestation trusted-root > FILE'),
    ]);
    const fromFile = rule({ roots: 'roots.jsonl', githubSigstore: true });
    const { asked, trustRoots } = publishers({});
    for (const repository of ['private', 'public']) expect(answers(await judge(repository, trustRoots, fromFile))).toEqual([]);
    expect(answers(await judge('stripped', trustRoots, fromFile))).toEqual(['invalid-signature']);
    expect(answers(await judge('private', trustRoots, rule({ roots: 'roots.jsonl' })))).toEqual(['invalid-signature']);
    expect(asked).toEqual([]);
  });
});
