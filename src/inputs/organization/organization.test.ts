import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../../test/render/bench.ts';
import { waiver } from '../../../test/support/model.ts';
import { removeTempFolders } from '../../../test/support/temp-folders.ts';
import { globsOverlap } from '../../model/glob.ts';
import { createNodeFiles } from '../../ports/node-files.ts';
import { parseInputs } from '../inputs.ts';
import type { RawInputs } from '../raw-inputs.ts';
import { underRules } from '../waivers/rules.ts';

afterAll(removeTempFolders);

const files = createNodeFiles();

function parse(shared: string, own: string, part: Partial<RawInputs> = {}) {
  const workspace = repository({
    'org/settings.yaml': `version: 1\n${shared}`,
    '.k8s-gate.yaml': `version: 1\nextends: org/settings.yaml\n${own}`,
  });
  return parseInputs({ workspace, cores: 1, outputs: [], publish: [], ...part }, { files });
}
const refusal = (shared: string, own: string, part: Partial<RawInputs> = {}) =>
  parse(shared, own, part).then(
    () => 'accepted',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );

describe('settings that are extended', () => {
  it('are in force where the repository sets nothing', async () => {
    const { config, engines } = await parse('severity: { high: block }\nengines: { kyverno: false }\nsandbox: strict\n', '');
    expect(config.severity).toMatchObject({ critical: 'block', high: 'block', medium: 'allow' });
    expect(config.sandbox).toBe('strict');
    expect(engines.find(({ id }) => id === 'kyverno')?.enabled).toBe(false);
  });

  it('are replaced key by key, and lists of a kind are joined', async () => {
    const { config, loaded } = await parse(
      'severity: { high: block, medium: warn }\nexclude: ["**/testdata/**"]\nengines: { cel: { disable: [latest-tag] } }\n',
      'severity: { high: warn }\nexclude: [old/**]\nengines: { cel: { disable: [] } }\n',
    );
    expect(config.severity).toMatchObject({ high: 'warn', medium: 'warn' });
    expect(config.exclude).toEqual(['**/testdata/**', 'old/**']);
    expect(loaded.config.engines).toEqual({ cel: { disable: [] } });
  });

  it('know the file and line that each of them is from', async () => {
    const { loaded } = await parse(
      'exclude: ["**/testdata/**"]\nseverity: { high: block }\n',
      'exclude:\n  - old/**\nonlyNew: true\n',
    );
    expect(loaded.place(['exclude', 0])).toEqual({ file: 'org/settings.yaml', line: 2 });
    expect(loaded.place(['exclude', 1])).toEqual({ file: '.k8s-gate.yaml', line: 4 });
    expect(loaded.place(['severity', 'high'])).toEqual({ file: 'org/settings.yaml', line: 3 });
    expect(loaded.own(['severity', 'high'])).toBe(2);
    expect(loaded.own(['onlyNew'])).toBe(5);
  });

  it('report their own mistakes at their own line', async () => {
    expect(await refusal('engines:\n  cel: { disabel: [] }\n', 'engines: { trivy: false }\n')).toMatch(
      /^org\/settings\.yaml:3:\d+: unknown key `disabel` in `engines\.cel`; expected `disable`/,
    );
    expect(await refusal('', 'engines:\n  cel: { disabel: [] }\n')).toMatch(/^\.k8s-gate\.yaml:4:\d+: unknown key `disabel`/);
    expect(await refusal('paths: [k8s]\n', '')).toMatch(/^org\/settings\.yaml:2:1: unknown key `paths`/);
  });

  it('have environments that a repository completes, or does not have', async () => {
    const shared =
      'environments:\n  production: { namespaces: [production], severity: { high: block } }\n  qa: { severity: { high: block } }\n';
    const { config } = await parse(shared, 'environments: { production: { paths: [prod/**] } }\n');
    expect(config.environments).toMatchObject([
      { name: 'production', match: { paths: ['prod/**'], namespaces: ['production'] }, severity: { high: 'block' } },
    ]);
  });

  it('never loosen what the repository tightens for all environments', async () => {
    const shared = 'environments: { production: { namespaces: [p], severity: { high: warn } } }\n';
    const { config } = await parse(shared, 'severity: { high: block }\n');
    expect(config.environments[0]?.severity.high).toBe('block');
  });
});

describe('an action with conditions', () => {
  it('is replaced as a whole', async () => {
    const { config } = await parse(
      'severity: { high: { block: { kev: true }, otherwise: warn } }\n',
      'severity: { high: { block: { exposed: true }, otherwise: allow } }\n',
    );
    expect(config.severity.high).toEqual({ block: [{ exposed: true }], otherwise: 'allow' });
  });

  it('of an environment of the organization is joined with what the repository sets for all', async () => {
    const shared =
      'environments: { production: { namespaces: [p], severity: { high: { block: { exposed: true }, otherwise: warn } } } }\n';
    const { config } = await parse(shared, 'severity: { high: { block: { kev: true }, otherwise: warn } }\n');
    expect(config.environments[0]?.severity.high).toEqual({ block: [{ exposed: true }, { kev: true }], otherwise: 'warn' });
  });
});

describe('the file that `extends` names', () => {
  it.each([
    ['does not exist', 'missing.yaml', 'SOURCE_UNREADABLE', 'missing.yaml is not a regular file of this repository'],
    ['is outside of the repository', '../org.yaml', 'SOURCE_UNREADABLE', '../org.yaml is not a regular file'],
    ['is a branch', 'https://github.com/org/gate?ref=main', 'CONFIG_INVALID', 'a git address with a full commit'],
    ['is a tag of a registry', 'oci://ghcr.io/org/gate:v1', 'CONFIG_INVALID', 'an OCI artifact by its digest'],
  ])('is refused if it %s', async (_what, address, code, message) => {
    const workspace = repository({ '.k8s-gate.yaml': `version: 1\nextends: ${address}\n` });
    await expect(parseInputs({ workspace, cores: 1, outputs: [], publish: [] }, { files })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      details: { file: '.k8s-gate.yaml', line: 2, next: expect.any(String) },
    });
  });

  it('cannot extend another one, so that there is no chain and no cycle', async () => {
    expect(await refusal('extends: org/settings.yaml\n', '')).toContain('cannot extend another one');
  });
});

describe('a final setting', () => {
  it.each<[string, string, string, string]>([
    ['severity.high', 'severity: { high: block }\n', 'severity:\n  high: warn\n', '`severity.high: warn` is looser than block'],
    [
      'severity',
      'severity: { high: block }\n',
      'severity:\n  critical: warn\n',
      '`severity.critical: warn` is looser than block',
    ],
    ['engines.cel', 'engines: { cel: { disable: [] } }\n', 'engines:\n  cel: false\n', '`engines.cel` is not what'],
    ['engines.cel.disable', 'engines: { cel: { disable: [] } }\n', 'engines:\n  cel: false\n', '`engines.cel` replaces it'],
    [
      'engines.cel.disable',
      'engines: { cel: { disable: [a] } }\n',
      'engines: { cel: { disable: [a, b] } }\n',
      '`engines.cel.disable` is not',
    ],
    [
      'engines.cel',
      'engines: { cel: { disable: [] } }\n',
      'engines: { cel: { autogen: false } }\n',
      '`engines.cel.autogen` is not',
    ],
    ['engines', 'engines: { trivy: true }\n', 'engines: { trivy: false }\n', '`engines.trivy` is not what'],
    ['exclude', 'exclude: [a/**]\n', 'exclude: [b/**]\n', '`exclude` adds "b/**"'],
    [
      'sources.allow',
      'sources: { allow: [a.example] }\n',
      'sources: { allow: [b.example] }\n',
      '`sources.allow` adds "b.example"',
    ],
    [
      'severity',
      'severity: { high: block }\n',
      'severity:\n  high: { warn: { kev: true }, otherwise: allow }\n',
      '`severity.high: warn if kev; otherwise allow` is looser than block',
    ],
    [
      'severity.critical',
      'severity: { critical: { block: { kev: true }, otherwise: warn } }\n',
      'severity:\n  critical: { block: { kev: true, exposed: true }, otherwise: warn }\n',
      'is looser than block if kev; otherwise warn',
    ],
    ['rules', '', 'rules: { cel/privileged: low }\n', '`rules` is not what'],
    ['onlyNew', 'onlyNew: false\n', 'onlyNew: true\n', '`onlyNew` is not what'],
    ['sandbox', 'sandbox: strict\n', 'sandbox: auto\n', '`sandbox` is not what'],
    ['expectManifests', 'expectManifests: true\n', 'expectManifests: false\n', '`expectManifests` is not what'],
    [
      'environments.production',
      'environments: { production: { labels: { a: b }, severity: { high: block } } }\n',
      'environments: { production: { labels: { c: d } } }\n',
      '`environments.production.labels.c` is not',
    ],
  ])('%s cannot be loosened', async (name, shared, own, message) => {
    const found = await refusal(`${shared}final: [${name}]\n`, own);
    expect(found).toContain(message);
    expect(found).toMatch(/^\.k8s-gate\.yaml:\d+:\d+: /);
    expect(found).toContain(`and \`${name}\` is final for the organization (org/settings.yaml:2)`);
  });

  it.each<[string, string, string]>([
    ['severity', 'severity: { high: warn }\n', 'severity: { high: block, medium: warn }\n'],
    [
      'severity',
      'severity: { critical: { block: { kev: true, exposed: true }, otherwise: warn } }\n',
      'severity: { critical: { block: { kev: true }, otherwise: warn } }\n',
    ],
    ['engines', 'engines: { trivy: false }\n', 'engines: { trivy: true }\n'],
    ['onlyNew', 'onlyNew: true\n', 'onlyNew: false\n'],
    ['sandbox', 'sandbox: auto\n', 'sandbox: strict\n'],
    ['exclude', 'exclude: [a/**, b/**]\n', 'exclude: [a/**]\n'],
    [
      'environments.production',
      'environments: { production: { namespaces: [p] } }\n',
      'environments: { production: { paths: [p/**] } }\n',
    ],
    ['policies', '', 'policies: [mine]\n'],
  ])('%s can be tightened', async (name, shared, own) => {
    expect(await refusal(`${shared}final: [${name}]\n`, own)).toBe('accepted');
  });

  it('must be one that the organization sets', async () => {
    expect(await refusal('final: [severty]\n', '')).toMatch(/^org\/settings\.yaml:2:\d+: `final` contains severty/);
    expect(await refusal('final: [version]\n', '')).toContain('`final` contains version');
  });

  it.each<[string, string, Partial<RawInputs>]>([
    ['onlyNew', 'onlyNew: false\n', { onlyNew: true }],
    ['expectManifests', 'expectManifests: true\n', { expectManifests: false }],
    ['exclude', 'exclude: []\n', { exclude: ['k8s/**'] }],
    ['engines.kyverno', 'engines: { kyverno: true }\n', { engines: 'cel' }],
    ['engines.cel.disable', 'engines: { cel: { disable: [] } }\n', { engines: 'trivy' }],
  ])('%s cannot be loosened by an input of the workflow either', async (name, shared, part) => {
    expect(await refusal(`${shared}final: [${name}]\n`, '', part)).toContain(`\`${name}\` is final for the organization`);
    expect(await refusal(shared, '', part)).toBe('accepted');
  });
});

describe('rules for waivers', () => {
  const today = new Date('2026-11-28');
  const apply = async (rules: string, part: Parameters<typeof waiver>[0]) => {
    const { config } = await parse(`waivers: ${rules}\n`, '');
    const { waivers, refused = [] } = underRules({ waivers: [waiver(part)], selfWaiver: 'allow' }, config.organization, today);
    return waivers.length > 0 ? 'in force' : refused[0]?.reason;
  };

  it.each<[string, Parameters<typeof waiver>[0], string]>([
    ['{ never: [cel/privileged] }', { rule: 'cel/privileged' }, 'the organization allows no waiver of cel/privileged'],
    ['{ never: [cel/privileged] }', { rule: 'cel/*' }, 'allows no waiver'],
    ['{ never: ["cel/*leged"] }', { rule: 'cel/priv*' }, 'allows no waiver'],
    ['{ never: [cel/privileged] }', { rule: 'cel/host-pid' }, 'in force'],
    ['{ never: [trivy/CVE-1] }', { rule: 'trivy/GHSA-1', aliases: ['trivy/CVE-1'] }, 'allows no waiver'],
    ['{ owners: ["@org/*"] }', { owner: 'someone' }, 'its owner someone is not one of @org/*'],
    ['{ owners: ["@org/*"] }', { owner: 'Org/team' }, 'in force'],
    ['{ maxDays: 30 }', { expires: '2026-12-29' }, 'it expires on 2026-12-29, more than 30 days ahead: 2026-12-28 at the latest'],
    ['{ maxDays: 30 }', { expires: '2026-12-28' }, 'in force'],
    ['{ maxDays: 30 }', { source: 'openvex', expires: '2027-11-28' }, 'in force'],
    ['{ maxDays: 30 }', { source: 'kyverno', expires: '2027-11-28' }, 'it expires on 2027-11-28'],
    [
      '{ never: [kyverno/b] }',
      {
        rule: 'kyverno/a',
        source: 'kyverno',
        pairs: [
          { rule: 'kyverno/a', target: '*' },
          { rule: 'kyverno/b', target: '*' },
        ],
      },
      'allows no waiver of kyverno/b',
    ],
  ])('%s decide on %o', async (rules, part, expected) => {
    expect(await apply(rules, part)).toContain(expected);
  });

  it('take back that authors may waive their own findings', async () => {
    const { config } = await parse('waivers: { selfWaiver: deny }\n', '');
    expect(underRules({ waivers: [], selfWaiver: 'allow' }, config.organization, today).selfWaiver).toBe('deny');
  });
});

describe('globsOverlap', () => {
  it.each([
    ['a*', '*b', true],
    ['a*c', 'ab?', true],
    ['*', '', true],
    ['a', 'a', true],
    ['a?', 'a', false],
    ['a*', 'b*', false],
    ['ab*', 'a', false],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(globsOverlap(one, other)).toBe(expected);
    expect(globsOverlap(other, one)).toBe(expected);
  });
});
