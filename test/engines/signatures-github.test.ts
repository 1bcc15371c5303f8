import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signaturesEngine } from '../../src/engines/signatures/engine.ts';
import { keptAttestations } from '../../src/ports/kept-attestations.ts';
import { createGitHub } from '../../src/ports/octokit-github.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';
import { type GitHubServer, readToken, startGitHub, writeToken } from '../support/github-server/server.ts';
import type { Repository } from '../support/github-server/state.ts';
import { image } from '../support/model.ts';
import { nodePorts } from '../support/node-ports.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { attachBundle, pushPlain } from '../support/own-signatures.ts';
import { root } from '../support/root.ts';
import { answers, judgeSignatures, registries } from '../support/signatures-bench.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const predicateType = 'https://slsa.dev/provenance/v1';
const predicate = {
  buildDefinition: { externalParameters: { workflow: { repository: 'https://github.com/octo/shop', ref: 'refs/heads/main' } } },
};
let world: { readonly registry: OciRegistry; readonly sigstore: FakeSigstore; readonly github: GitHubServer } | undefined;
beforeAll(async () => {
  world = { registry: await startOciRegistry(), sigstore: await createSigstore(), github: await startGitHub() };
});
afterEach(() => {
  expect(there().github.violations).toEqual([]);
  shop().attestations.length = 0;
});
afterAll(async () => {
  await world?.registry.stop();
  await world?.github.close();
  removeTempFolders();
});
const there = () => world ?? expect.fail('nothing was started');
const shop = (): Repository => there().github.state.repositories.get('octo/shop') ?? expect.fail('no octo/shop');

async function bundleOf(digest: string, by: Parameters<FakeSigstore['attest']>[1] = {}, about = digest): Promise<object> {
  const subject = [{ name: 'image', digest: { sha256: about.slice('sha256:'.length) } }];
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate };
  return JSON.parse(await there().sigstore.attest(JSON.stringify(statement), by));
}
const keep = async (digest: string, by: Parameters<FakeSigstore['attest']>[1] = {}, about = digest) =>
  void shop().attestations.push({ digest, predicateType, bundle: await bundleOf(digest, by, about) });

/** The server's first answer takes long: it loads GitHub's description. */
const port = (token: string, { url }: GitHubServer = there().github, timeoutMs = 20_000) =>
  keptAttestations(async (repository) =>
    createGitHub({
      repository,
      token,
      apiUrl: url,
      userAgent: 'k8s-gate/1',
      log: nodePorts.log,
      timing: { timeoutMs, secondMs: 1 },
    }),
  );
const judge = async (repository: string, more: object = {}, token = writeToken, github = there().github) => {
  const rule = {
    images: `${there().registry.host}/**`,
    signedBy: [{ issuer, identity }],
    roots: 'root.json',
    provenance: { source: 'https://github.com/octo/shop' },
    githubAttestations: 'octo/shop',
    ...more,
  };
  const before = github.requests.length;
  const run = await judgeSignatures({
    images: [`${there().registry.host}/${repository}:1`],
    options: { rules: [rule] },
    files: { 'root.json': there().sigstore.trustedRoot() },
    ...(token !== '' && { keptAttestations: port(token, github, github === there().github ? undefined : 1_000) }),
  });
  const requests = github.requests.slice(before);
  return { run, found: answers(run), title: run.findings[0]?.title ?? '', requests };
};
const message = ({ run }: Awaited<ReturnType<typeof judge>>): string =>
  run.coverage.flatMap((entry) => (entry.status === 'failed' ? [entry.error.message] : [])).join();

describe('attestations that GitHub keeps', () => {
  it('are verified as those of the registry, by a token that may only read', async () => {
    const digest = pushPlain(there().registry, 'kept');
    await keep(digest);
    const { found, requests } = await judge('kept', {}, readToken);
    expect(found).toEqual([]);
    expect(requests.map(({ operation }) => operation)).toEqual(['GET /repos/{owner}/{repo}/attestations/{subject_digest}']);
  });

  it('are only requested by a rule that names the repository, and only if those of the registry are not sufficient', async () => {
    const digest = pushPlain(there().registry, 'pushed');
    await keep(digest);
    const unnamed = await judge('pushed', { githubAttestations: undefined });
    expect([unnamed.found, unnamed.requests]).toEqual([['missing-attestation'], []]);
    attachBundle(there().registry, 'pushed', digest, Buffer.from(JSON.stringify(await bundleOf(digest))));
    const pushed = await judge('pushed');
    expect([pushed.found, pushed.requests]).toEqual([[], []]);
  });

  it('do not count for another image, another signer or another source', async () => {
    const [digest, another] = [pushPlain(there().registry, 'victim'), pushPlain(there().registry, 'other')];
    await keep(digest, {}, another);
    expect((await judge('victim')).found).toEqual(['invalid-signature']);
    await keep(digest, { identity: 'https://github.com/evil/app' });
    expect((await judge('victim')).found).toEqual(['untrusted-signer']);
    await keep(digest);
    expect((await judge('victim', { provenance: { source: 'https://github.com/octo/other' } })).found).toEqual([
      'untrusted-provenance',
    ]);
  });

  it('that are missing are a finding, which names the repository: GitHub answers alike without access', async () => {
    pushPlain(there().registry, 'none');
    for (const githubAttestations of ['octo/shop', 'octo/secret']) {
      const { found, title } = await judge('none', { githubAttestations });
      expect([found, title]).toEqual([
        ['missing-attestation'],
        `the image does not have SLSA provenance (neither in the registry nor at GitHub, in ${githubAttestations}, as far as the token may read it)`,
      ]);
    }
  });

  it.each([
    ['no token', '', {}, 'there is no token for GitHub'],
    ['a token that expired', writeToken, { status: 401, body: { message: 'Bad credentials' } }, 'HTTP 401: Bad credentials'],
    [
      'no permission',
      readToken,
      { status: 403, body: { message: 'Resource not accessible by integration' } },
      'HTTP 403: Resource',
    ],
    [
      'a rate limit',
      writeToken,
      { status: 429, headers: { 'retry-after': '3600' }, body: { message: 'rate limit' } },
      'HTTP 429',
    ],
    ['a server that fails', writeToken, { status: 502 }, 'HTTP 502'],
    ['a server that does not answer', writeToken, { how: 'hang' }, 'no response within 1 s'],
    ['a page instead of JSON', writeToken, { status: 200, body: '<html>' }, 'a body that is not JSON'],
  ] as const)(
    'are an error with %s, and never a pass',
    async (_what, token, fault, why) => {
      pushPlain(there().registry, 'unread');
      const github = await startGitHub();
      github.fail(fault);
      const answer = await judge('unread', {}, token, github).finally(() => github.close());
      expect(answer.found).toEqual(['error IMAGE_UNAVAILABLE']);
      expect(message(answer)).toContain(why);
      expect(message(answer)).toContain('those that GitHub keeps in octo/shop could not be read');
    },
    30_000,
  );

  it('that cannot be read are a finding with the reason, unless another one is sufficient', async () => {
    const digest = pushPlain(there().registry, 'odd');
    shop().attestations.push(
      { digest, predicateType, bundle: { mediaType: 'odd' } },
      { digest, predicateType, bundleUrl: 'https://127.0.0.2/x' },
    );
    const { found, run } = await judge('odd');
    expect(found).toEqual(['unreadable']);
    expect(run.findings[0]?.detail).toContain('attestation 2 at GitHub (octo/shop): no request is sent to 127.0.0.2');
    await keep(digest);
    expect((await judge('odd')).found).toEqual([]);
  });

  it('may be the SBOM that is scanned instead of the image', async () => {
    const [digest, folder] = [pushPlain(there().registry, 'bill'), emptyFolder()];
    const subject = [{ name: 'image', digest: { sha256: digest.slice('sha256:'.length) } }];
    const type = 'https://cyclonedx.org/bom';
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject,
      predicateType: type,
      predicate: { bomFormat: 'CycloneDX' },
    };
    const bundle = JSON.parse(await there().sigstore.attest(JSON.stringify(statement)));
    shop().attestations.push({ digest, predicateType: type, bundle });
    writeFileSync(path.join(folder, 'root.json'), there().sigstore.trustedRoot());
    const { host } = there().registry;
    const rule = { images: `${host}/**`, signedBy: [{ issuer, identity }], roots: 'root.json', sbom: 'use' };
    const answerFor = (more: object) =>
      signaturesEngine.sboms?.(signaturesEngine.options.parse({ rules: [{ ...rule, ...more }] }), {
        ports: { ...nodePorts, registries, keptAttestations: port(writeToken) },
        ...{ trusted: folder, gateRoot: root, cacheDir: folder, signal: new AbortController().signal },
        namedRegistries: () => Promise.resolve([host]),
      })?.(image(`${host}/bill:1`));
    expect(await answerFor({})).toEqual({ status: 'none', why: 'none is attested' });
    expect(await answerFor({ githubAttestations: 'octo/shop' })).toEqual({
      status: 'attested',
      digest,
      sboms: [{ format: 'CycloneDX', by: identity, document: { bomFormat: 'CycloneDX' } }],
    });
  });

  it('of a hundred images are not requested further after a refusal', async () => {
    const github = await startGitHub();
    const read = port(writeToken, github);
    github.fail({ status: 403, body: { message: 'Resource not accessible by integration' } });
    for (let index = 0; index < 100; index++)
      expect(await read('octo/shop', `sha256:${String(index).padStart(64, '0')}`)).toMatchObject({ status: 'unavailable' });
    await github.close();
    expect(github.requests).toHaveLength(1);
  });
});

it('a rule that names a repository needs provenance or an attestation: GitHub keeps no plain signatures', () => {
  const rule = { images: 'a', signedBy: [{ issuer, identity }], githubAttestations: 'octo/shop' };
  const accepts = (more: object) => signaturesEngine.options.safeParse({ rules: [{ ...rule, ...more }] }).success;
  expect(accepts({})).toBe(false);
  expect(accepts({ provenance: {} })).toBe(true);
  expect(accepts({ sbom: 'use' })).toBe(true);
  expect(accepts({ provenance: {}, githubAttestations: 'https://github.com/octo/shop' })).toBe(false);
});
