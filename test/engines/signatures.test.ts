import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signaturesEngine } from '../../src/engines/signatures/engine.ts';
import { image, manifestSet } from '../support/model.ts';
import { blob, descriptor } from '../support/oci-image.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';
import { OwnKey, pushAttached, pushPlain } from '../support/own-signatures.ts';
import { refusal } from '../support/policy-bench.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

const [key, other] = [new OwnKey(), new OwnKey()];
let registry: OciRegistry;
beforeAll(async () => {
  registry = await startOciRegistry();
});
afterEach(() => registry.intercept(undefined));
afterAll(async () => {
  await registry.stop();
  removeTempFolders();
});

const rule = (more: object = {}) => ({
  images: `${registry.host}/**`,
  keys: [{ pem: key.pem }],
  transparencyLog: false,
  ...more,
});
const judge = async (repository: string, more: object = {}, bench: Partial<Parameters<typeof judgeSignatures>[0]> = {}) =>
  judgeSignatures({ images: [`${registry.host}/${repository}:1`], options: { rules: [rule(more)] }, ...bench });

describe('a signature', () => {
  it('is required of each image that a rule matches, by digest', async () => {
    const digest = pushPlain(registry, 'good');
    key.sign(registry, 'good', digest);
    const run = await judge('good');
    expect(answers(run)).toEqual([]);
    expect(run.digests).toEqual({ [`${registry.host}/good:1`]: digest });
    pushPlain(registry, 'bare');
    const [finding] = (await judge('bare')).findings;
    expect(finding).toMatchObject({
      rule: 'unsigned',
      severity: 'critical',
      subject: { kind: 'image', reference: `${registry.host}/bare:1` },
    });
  });

  it('must be by one of the keys: the old and the new one while a key is rotated', async () => {
    const digest = pushPlain(registry, 'rotated');
    other.sign(registry, 'rotated', digest);
    expect(answers(await judge('rotated'))).toEqual(['untrusted-signer']);
    expect(answers(await judge('rotated', { keys: [{ pem: key.pem }, { pem: other.pem }] }))).toEqual([]);
  });

  it('must satisfy every rule that matches', async () => {
    const digest = pushPlain(registry, 'both');
    key.sign(registry, 'both', digest);
    const rules = [rule(), rule({ images: `${registry.host}/both`, keys: [{ pem: other.pem }], severity: 'high' })];
    const run = await judge('both', {}, { options: { rules } });
    expect(run.findings.map(({ rule: name, severity }) => `${name} ${severity}`)).toEqual(['untrusted-signer high']);
  });

  it('is not replaced by an attestation, as `cosign verify` would let it', async () => {
    const digest = pushPlain(registry, 'attested');
    key.attest(registry, 'attested', digest, [{ predicateType: 'https://example.com/scan', predicate: { vulnerable: true } }]);
    expect(answers(await judge('attested'))).toEqual(['unsigned']);
  });

  it('has no proven age without a log or timestamp', async () => {
    const digest = pushPlain(registry, 'ageless');
    key.sign(registry, 'ageless', digest);
    expect(answers(await judge('ageless', { maxAge: '30d' }))).toEqual(['too-old']);
  });

  it('by a key in a file is verified, and a file without a key is an error', async () => {
    const digest = pushPlain(registry, 'file');
    key.sign(registry, 'file', digest);
    const keys = { keys: [{ file: 'keys/cosign.pub' }] };
    expect(answers(await judge('file', keys, { files: { 'keys/cosign.pub': key.pem } }))).toEqual([]);
    expect((await refusal(judge('file', keys))).code).toBe('CONFIG_INVALID');
    expect((await refusal(judge('file', keys, { files: { 'keys/cosign.pub': 'no key' } }))).code).toBe('CONFIG_INVALID');
    expect((await refusal(judge('file', { keys: [{ file: '../../../../etc/hostname' }] }))).code).toBe('CONFIG_INVALID');
  });
});

const v1 = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: { repository: 'https://github.com/org/app', ref: 'refs/heads/main', path: '.github/workflows/release.yaml' },
    },
  },
  runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
};
const v02 = {
  builder: {
    id: 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0',
  },
  buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
  invocation: { configSource: { uri: 'git+https://github.com/org/app@refs/tags/v1.2.3' } },
};

describe('provenance', () => {
  it.each<[string, string, unknown, object, readonly string[]]>([
    ['source', 'v1', v1, { source: 'https://github.com/org/*', branch: 'main' }, []],
    ['other-source', 'v1', v1, { source: 'https://github.com/evil/app' }, ['untrusted-provenance']],
    ['other-branch', 'v1', v1, { branch: 'release/*' }, ['untrusted-provenance']],
    ['tag-of-branch', 'v1', v1, { tag: 'main' }, ['untrusted-provenance']],
    ['builder', 'v1', v1, { builder: 'https://github.com/actions/runner/github-hosted' }, []],
    ['other-builder', 'v1', v1, { builder: 'https://github.com/actions/runner/self-hosted' }, ['untrusted-provenance']],
    ['build-type', 'v1', v1, { buildType: 'https://actions.github.io/buildtypes/workflow/v2' }, ['untrusted-provenance']],
    [
      'old-tag',
      'v0.2',
      v02,
      { source: 'https://github.com/org/app', tag: 'v1.*', builder: 'https://github.com/slsa-framework/*' },
      [],
    ],
    ['old-branch', 'v0.2', v02, { branch: 'main', tag: 'v2.*' }, ['untrusted-provenance']],
    ['empty', 'v1', {}, { source: 'https://github.com/org/app' }, ['untrusted-provenance']],
    ['unstated', 'v1', { buildDefinition: {} }, { source: '*' }, ['untrusted-provenance']],
    ['unknown', 'v9', v1, { source: 'https://github.com/org/app' }, ['missing-attestation']],
  ])('%s, in %s', async (name, version, predicate, provenance, expected) => {
    const repository = `provenance-${name}`;
    const digest = pushPlain(registry, repository);
    key.attest(registry, repository, digest, [{ predicateType: `https://slsa.dev/provenance/${version}`, predicate }]);
    expect(answers(await judge(repository, { provenance }))).toEqual(expected);
  });

  it('of another image does not count', async () => {
    const [digest, victim] = [pushPlain(registry, 'source'), pushPlain(registry, 'victim')];
    key.attest(registry, 'victim', victim, [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: v1, about: digest }]);
    expect(answers(await judge('victim', { provenance: {} }))).toEqual(['invalid-signature']);
  });
});

describe('another attestation', () => {
  const bom = 'https://cyclonedx.org/bom';
  it('is required with its type, and by an accepted signer even if it is optional', async () => {
    const digest = pushPlain(registry, 'bom');
    expect(answers(await judge('bom', { attestations: [{ predicateType: bom }] }))).toEqual(['missing-attestation']);
    expect(answers(await judge('bom', { attestations: [{ predicateType: bom, required: false }] }))).toEqual([]);
    other.attest(registry, 'bom', digest, [{ predicateType: bom, predicate: {} }]);
    expect(answers(await judge('bom', { attestations: [{ predicateType: bom, required: false }] }))).toEqual([
      'untrusted-signer',
    ]);
    expect(answers(await judge('bom', { attestations: [{ predicateType: bom }], keys: [{ pem: other.pem }] }))).toEqual([]);
  });
});

describe('an image that cannot be verified never passes', () => {
  const signed = (repository: string): string => {
    const digest = pushPlain(registry, repository);
    key.sign(registry, repository, digest);
    return digest;
  };

  it.each([401, 403, 429, 500, 503])('if the registry answers with %s', async (status) => {
    signed('status');
    registry.intercept((_, response) => response.writeHead(status).end() !== undefined);
    expect(answers(await judge('status'))).toEqual(['error IMAGE_UNAVAILABLE']);
  });

  it('if the registry answers so only for what is attached', async () => {
    signed('partly');
    registry.intercept(
      (request, response) => /\.(sig|att)|referrers/.test(request.url ?? '') && response.writeHead(429).end() !== undefined,
    );
    expect(answers(await judge('partly'))).toEqual(['error IMAGE_UNAVAILABLE']);
  });

  it('unless what it needs was read', async () => {
    signed('needless');
    registry.intercept(
      (request, response) => /\.att|referrers/.test(request.url ?? '') && response.writeHead(500).end() !== undefined,
    );
    expect(answers(await judge('needless'))).toEqual([]);
  });

  it('if the registry has no such tag', async () => {
    expect(answers(await judge('missing'))).toEqual(['error IMAGE_UNAVAILABLE']);
  });

  it('if the registry is slow', async () => {
    signed('slow');
    registry.intercept((request) => (request.url ?? '').includes('/blobs/'));
    const options = { rules: [rule()], imageTimeout: '1s' };
    expect(answers(await judge('slow', {}, { options }))).toEqual(['error IMAGE_UNAVAILABLE']);
  });

  it('if the registry redirects to a private address', async () => {
    signed('redirect');
    registry.intercept((request, response) => {
      if (!(request.url ?? '').includes('/blobs/')) return false;
      response.writeHead(307, { location: 'http://127.0.0.2:9/secret' }).end();
      return true;
    });
    const [finding] = (await judge('redirect')).findings;
    expect(finding).toMatchObject({ rule: 'image-host-private', severity: 'critical' });
  });

  it('if its registry is private and nobody named it; no request is sent', async () => {
    signed('private');
    const before = registry.seen.length;
    expect(answers(await judge('private', {}, { named: [] }))).toEqual(['image-host-private']);
    expect(registry.seen.length).toBe(before);
  });

  it('if a signature has 10 MB', async () => {
    const digest = pushPlain(registry, 'large');
    const layer = blob('application/vnd.dev.sigstore.bundle.v0.3+json', Buffer.alloc(10_000_000, ' '));
    pushAttached(registry, 'large', `${digest.replace(':', '-')}.sig`, [descriptor(layer)], [layer]);
    expect(answers(await judge('large'))).toEqual(['unreadable']);
  });

  it('if it has a thousand signatures: the newest hundred are read', async () => {
    const digest = pushPlain(registry, 'many');
    key.sign(registry, 'many', digest, 1_000);
    expect(answers(await judge('many'))).toEqual([]);
    expect(answers(await judge('many', { keys: [{ pem: other.pem }] }))).toEqual(['untrusted-signer']);
    expect(registry.seen.filter((line) => line.startsWith('GET /v2/many/blobs/')).length).toBe(2);
  });

  it.each([
    ['no JSON', '{'],
    ['another shape', '{"layers":3}'],
    ['an invalid digest', '{"layers":[{"mediaType":"a","digest":"../../etc/passwd"}]}'],
  ])('if what is attached is %s', async (_what, text) => {
    const digest = pushPlain(registry, 'broken');
    registry.push('broken', `${digest.replace(':', '-')}.sig`, blob('application/vnd.oci.image.manifest.v1+json', text));
    expect(answers(await judge('broken'))).toEqual(['unreadable']);
  });

  it('if a blob has other content than its digest', async () => {
    const digest = signed('corrupt');
    const payload = Buffer.from(`{"critical":{"image":{"docker-manifest-digest":"${digest}"}}}`);
    registry.restore('corrupt', blob('', payload).digest, { mediaType: 'a', bytes: Buffer.from('{}') });
    expect(answers(await judge('corrupt'))).toEqual(['error IMAGE_UNAVAILABLE']);
  });

  it('if its digest is not SHA-256', async () => {
    const images = [`${registry.host}/odd@sha512:${'ab'.repeat(64)}`];
    expect(answers(await judge('odd', {}, { images }))).toEqual(['error IMAGE_INVALID']);
  });
});

describe('rules', () => {
  const targets = (options: object, ...references: readonly string[]) =>
    signaturesEngine.settings?.idle?.(
      manifestSet({ images: references.map((one) => image(one)) }),
      signaturesEngine.options.parse(options),
    );

  it.each([
    ['ghcr.io/org/**', 'ghcr.io/org/app:1', true],
    ['ghcr.io/org/**', 'ghcr.io/org/team/app@sha256:'.concat('ab'.repeat(32)), true],
    ['ghcr.io/org/**', 'ghcr.io/org-evil/app:1', false],
    ['ghcr.io/org/app', 'ghcr.io/org/app:1', true],
    ['ghcr.io/org/app', 'ghcr.io/org/apple:1', false],
    ['ghcr.io/org/app:1.*', `ghcr.io/org/app:1.2@sha256:${'ab'.repeat(32)}`, true],
    ['ghcr.io/org/app:1.*', 'ghcr.io/org/app:2', false],
    ['nginx', 'docker.io/library/nginx:1.25', true],
    ['ghcr.io/*/app', 'ghcr.io/org/app:1', true],
    ['*', 'anything', true],
  ])('%s about %s: %s', (pattern, reference, matches) => {
    const rules = [{ images: pattern, keys: [{ pem: key.pem }] }];
    expect(targets({ rules }, reference)?.length === 0).toBe(matches);
  });

  it('that match no image are named, with the image that may be meant', () => {
    const rules = [{ images: ['ghcr.io/org/app', 'ghcr.io/org/ap'], keys: [{ pem: key.pem }] }];
    expect(targets({ rules }, 'ghcr.io/org/app:1')).toEqual([
      { title: 'the rule for ghcr.io/org/ap matches no image', path: ['rules', 0, 'images'], near: 'ghcr.io/org/app' },
    ]);
  });

  it('need a signer, and a key either in the file or here', () => {
    const bad = [{ images: 'a' }, { images: 'a', keys: [{}] }, { images: 'a', keys: [{ pem: key.pem, file: 'a.pub' }] }];
    expect(bad.map((one) => signaturesEngine.options.safeParse({ rules: [one] }).success)).toEqual([false, false, false]);
  });

  it('leave other images alone unless `unsigned` is set', async () => {
    const images = [`${registry.host}/any:1`];
    const run = await judgeSignatures({ images, options: { rules: [rule({ images: 'ghcr.io/org/**' })] } });
    expect([answers(run), run.coverage[0]?.status]).toEqual([[], 'not-applicable']);
    const warned = await judgeSignatures({ images, options: { unsigned: 'warn' } });
    expect(warned.findings.map(({ rule: name, severity }) => `${name} ${severity}`)).toEqual(['no-rule high']);
    const set = manifestSet({ images: [image('a')] });
    expect(signaturesEngine.notApplicable(set, signaturesEngine.options.parse({}))).toBe('no rule is configured');
  });
});
