import { describe, expect, it } from 'vitest';
import { gateConfig } from '../../test/render/bench.ts';
import { waiver } from '../../test/support/model.ts';
import { defineEngine } from '../engines/engine.ts';
import { signaturesEngine } from '../engines/signatures/engine.ts';
import { parseConfig } from '../inputs/config-file.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { GateConfig } from '../model/config.ts';
import { defaultRisk } from '../model/risk.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import { type Settings, weakenings } from './weakening.ts';

const production = {
  name: 'production',
  match: { paths: ['overlays/production/**'], namespaces: [], labels: {} },
  severity: { ...defaultSeverityPolicy, high: 'block' },
} as const;
const agreed = waiver();

function settings(part: Partial<GateConfig> = {}, rest: Partial<Omit<Settings, 'config'>> = {}, text = 'version: 1\n'): Settings {
  return {
    loaded: parseConfig(text, '.k8s-gate.yaml'),
    config: gateConfig({ workspace: '/w', environments: [production], paths: ['deploy', 'overlays'], ...part }),
    policies: [{ file: 'p/limits.yaml', language: 'kyverno', text: 'a' }],
    waivers: { waivers: [], selfWaiver: 'deny' },
    ...rest,
  };
}
const found = (head: Settings, base = settings()) => weakenings(base, head).map(({ rule, title }) => `${rule}: ${title}`);

describe('weakenings', () => {
  it('finds nothing in settings that stay', () => {
    expect(found(settings())).toEqual([]);
  });

  describe('licenses', () => {
    const licenses = (part: Partial<NonNullable<GateConfig['licenses']>> = {}) =>
      settings({ licenses: { deny: ['GPL-*'], unknown: 'unknown', ...part } });

    it.each<[string, Settings, string[]]>([
      ['no longer evaluated', settings(), ['licenses of packages are no longer evaluated']],
      ['another denied one', licenses({ deny: ['GPL-*', 'AGPL-3.0-only'] }), []],
      ['one less', licenses({ deny: ['AGPL-*'] }), ['`licenses.deny` loses GPL-*']],
      ['a first list of allowed ones', licenses({ allow: ['MIT'] }), []],
      [
        'one with exceptions',
        licenses({ allow: ['GPL-2.0-only WITH Classpath-exception-2.0', { name: 'x' }] }),
        ['`licenses.allow` gains GPL-2.0-only WITH Classpath-exception-2.0', '`licenses.allow` gains the name "x"'],
      ],
      [
        'unknown ones are allowed',
        licenses({ unknown: 'low' }),
        ['licenses: the severity of unknown ones goes from unknown to low'],
      ],
      ['unknown ones block', licenses({ unknown: 'critical' }), []],
    ])('%s', (_what, head, titles) => {
      expect(found(head, licenses())).toEqual(titles.map((title) => `config-loosened: ${title}`));
    });

    it('that are allowed in addition, or without a list', () => {
      const base = licenses({ allow: ['MIT'] });
      expect(found(licenses({ allow: ['MIT', 'ISC'] }), base)).toEqual(['config-loosened: `licenses.allow` gains ISC']);
      expect(found(licenses({ allow: ['ISC'] }), licenses({ allow: ['ISC', 'MIT'] }))).toEqual([]);
      expect(found(licenses(), base)).toEqual([
        'config-loosened: `licenses.allow` is removed: every license that is not denied is allowed',
      ]);
      expect(found(licenses(), settings())).toEqual([]);
    });
  });

  it.each<[string, Partial<GateConfig>, string]>([
    [
      'a looser severity',
      { severity: { ...defaultSeverityPolicy, critical: 'warn' } },
      'severity: critical goes from block to warn',
    ],
    [
      'a condition in place of an action',
      { severity: { ...defaultSeverityPolicy, critical: { block: [{ kev: true }], otherwise: 'warn' } } },
      'severity: critical goes from block to block if kev; otherwise warn',
    ],
    [
      'another source of exploited vulnerabilities',
      {
        risk: {
          sources: { ...defaultRisk, kev: { url: 'https://evil.example/kev.json', maxAge: '14d' } },
          ...{ wanted: ['kev'], needed: [] },
        },
      },
      'where entries of KEV (known exploited vulnerabilities) come from, or how old they may be, changes',
    ],
    ['a lost environment', { environments: [] }, 'the environment production is removed'],
    [
      'a looser environment',
      { environments: [{ ...production, severity: defaultSeverityPolicy }] },
      'severity of production: high goes from block to warn',
    ],
    [
      'an environment of fewer files',
      { environments: [{ ...production, match: { ...production.match, paths: [] } }] },
      'what belongs to production changes',
    ],
    ['a path less', { paths: ['deploy'] }, '`paths` loses overlays'],
    ['one more exclusion', { exclude: ['deploy/secret/**'] }, '`exclude` gains deploy/secret/**'],
    [
      'more files that are not the commit’s',
      { generated: ['deploy/**'] },
      '`generated` gains deploy/**: these files are read from the work tree instead of the commit',
    ],
    ['another place of policies', { policies: [] }, '`policies` loses .k8s-gate/policies'],
    ['an empty run that is not an error', { expectManifests: false }, 'finding no manifest is no longer an error'],
    ['old findings that pass', { onlyNew: true }, 'existing findings no longer block'],
    [
      'images from elsewhere',
      { images: { paths: [], sources: { nginx: { archive: 'x.tar' } }, privateRegistries: [] } },
      'where images are found changes',
    ],
    [
      'one more private registry',
      { images: { paths: [], sources: {}, privateRegistries: ['10.0.0.7:5000'] } },
      '`images.privateRegistries` gains 10.0.0.7:5000',
    ],
    [
      'one more host to fetch charts from',
      { sources: { allow: ['evil.example'], mirrors: {}, offline: false } },
      '`sources.allow` gains evil.example',
    ],
    [
      'a mirror in place of a host',
      { sources: { allow: [], mirrors: { 'charts.example.com': 'https://evil.example' }, offline: false } },
      'where charts and bases are fetched from changes',
    ],
    [
      'that charts are no longer fetched',
      { sources: { allow: [], mirrors: {}, offline: true } },
      'charts and bases that are not in the cache are no longer fetched',
    ],
  ])('finds %s', (_what, part, title) => {
    expect(found(settings(part))).toEqual([`config-loosened: ${title}`]);
  });

  const rule = (severity: 'critical' | 'high' | 'medium' | 'low', name = 'KSV-0014') => ({
    engine: 'trivy',
    rule: name,
    severity,
  });
  it.each<[string, GateConfig['rules'], GateConfig['rules'], string | undefined]>([
    ['a rule that may be lower than its engine’s', [], [rule('high')], 'the severity of trivy/KSV-0014 changes to high'],
    ['a rule that is lowered', [rule('high')], [rule('low')], 'the severity of trivy/KSV-0014 changes from high to low'],
    [
      'a rule inside a glob',
      [rule('high', '*')],
      [rule('high', '*'), rule('high')],
      'the severity of trivy/KSV-0014 changes to high',
    ],
    ['a raise that goes away', [rule('medium')], [], 'trivy/KSV-0014 is no longer medium by configuration'],
    ['nothing in a rule that is raised', [rule('low')], [rule('medium')], undefined],
    ['nothing in a rule that becomes critical', [], [rule('critical')], undefined],
    ['nothing in a rule that stays', [rule('low')], [rule('low')], undefined],
    ['nothing in a lowering that goes away', [rule('low')], [], undefined],
  ])('finds %s', (_what, was = [], now = [], title) => {
    const expected = title === undefined ? [] : [`config-loosened: rules: ${title}`];
    expect(found(settings({ rules: now }), settings({ rules: was }))).toEqual(expected);
  });

  it('finds that engines need no isolation any more', () => {
    expect(found(settings({ sandbox: 'auto' }), settings({ sandbox: 'strict' }))).toEqual([
      'config-loosened: engines may run without isolation',
    ]);
  });

  it('finds nothing in the use of the publishers’ data', () => {
    expect(found(settings({ risk: { sources: defaultRisk, wanted: ['kev', 'epss'], needed: [] } }))).toEqual([]);
  });

  it('finds a rule that becomes critical where critical is not the strictest', () => {
    const severity = {
      ...defaultSeverityPolicy,
      critical: { block: [{ kev: true }], otherwise: 'warn' },
      high: 'block',
    } as const;
    const base = settings({ severity, environments: [] });
    expect(found(settings({ severity, environments: [], rules: [rule('critical')] }), base)).toEqual([
      'config-loosened: rules: the severity of trivy/KSV-0014 changes to critical',
    ]);
  });

  it('finds nothing in stricter settings', () => {
    const stricter = { severity: { ...defaultSeverityPolicy, high: 'block' }, paths: ['.'] } as const;
    expect(found(settings({ ...stricter, environments: [production, { ...production, name: 'staging' }] }))).toEqual([]);
  });

  it('names the line of the change', () => {
    const text = 'version: 1\npaths: [deploy, overlays]\nexclude:\n  - deploy/secret/**\n';
    const [finding] = weakenings(settings(), settings({ exclude: ['deploy/secret/**'] }, {}, text));
    expect(finding).toMatchObject({
      severity: 'critical',
      subject: { kind: 'file', location: { file: '.k8s-gate.yaml', line: 3 } },
    });
  });

  it.each([
    ['switched off', 'engines:\n  cel: false\n'],
    ['configured differently', 'engines:\n  cel: { pack: false }\n'],
  ])('finds an engine that is %s', (_what, engines) => {
    const head = settings({}, {}, `version: 1\n${engines}`);
    expect(found(head)).toEqual(['config-loosened: the settings of the engine cel change']);
  });

  it.each([
    [
      'adds a rule',
      '{ rules: [{ images: a, keys: [{ file: a.pub }] }] }',
      '{ rules: [{ images: a, keys: [{ file: a.pub }] }, { images: b, keys: [{ file: b.pub }] }] }',
      true,
    ],
    ['adds the first rule', undefined, '{ rules: [{ images: a, keys: [{ file: a.pub }] }] }', true],
    [
      'adds a key',
      '{ rules: [{ images: a, keys: [{ file: a.pub }] }] }',
      '{ rules: [{ images: a, keys: [{ file: a.pub }, { file: b.pub }] }] }',
      false,
    ],
    ['is switched off', '{ rules: [{ images: a, keys: [{ file: a.pub }] }] }', 'false', false],
    ['goes away', '{ rules: [{ images: a, keys: [{ file: a.pub }] }] }', undefined, false],
  ])('knows whether a change of the signatures only tightens: one that %s', (_what, was, now, tighter) => {
    const engines = [signaturesEngine].map((engine) => defineEngine(engine).bind({}, true));
    const side = (text?: string) =>
      settings({}, { engines }, text === undefined ? undefined : `version: 1\nengines:\n  signatures: ${text}\n`);
    const expected = tighter ? [] : ['config-loosened: the settings of the engine signatures change'];
    expect(found(side(now), side(was))).toEqual(expected);
  });

  it('finds a policy that goes away or changes, and not one that comes', () => {
    const more = [...settings().policies, { file: 'p/new.yaml', language: 'kyverno', text: 'n' } as const];
    expect(found(settings({}, { policies: more }))).toEqual([]);
    expect(found(settings({}, { policies: [] }))).toEqual(['policy-removed: a policy is removed']);
    const [policy] = settings().policies;
    if (policy === undefined) throw new Error('no policy');
    expect(found(settings({}, { policies: [{ ...policy, text: 'b' }] }))).toEqual(['policy-changed: a policy changes']);
  });

  it('finds a waiver that comes or reaches further, and not one that goes', () => {
    const [none, one] = [settings(), settings({}, { waivers: { waivers: [agreed], selfWaiver: 'deny' } })];
    const longer = settings({}, { waivers: { waivers: [{ ...agreed, expires: '2027-06-30' }], selfWaiver: 'deny' } });
    expect(weakenings(none, one)).toMatchObject([{ rule: 'waiver-added', severity: 'high' }]);
    expect(weakenings(one, longer)).toMatchObject([{ rule: 'waiver-added' }]);
    expect(weakenings(one, none)).toEqual([]);
  });

  describe('of the baseline', () => {
    const entry = {
      rule: 'cel/privileged',
      severity: 'critical',
      resources: ['Deployment shop/web'],
      environments: [],
      fingerprints: ['a'.repeat(32)],
      added: '2026-11-28',
      line: 3,
    } as const;
    const withEntries = (...accepted: readonly BaselineEntry[]) => settings({}, { accepted });

    it('are one finding for all entries that are added', () => {
      const head = withEntries(entry, { ...entry, severity: 'high', line: 9 }, { ...entry, fingerprints: ['b'.repeat(32)] });
      expect(weakenings(withEntries(entry), head)).toMatchObject([
        {
          rule: 'baseline-added',
          severity: 'high',
          title: expect.stringContaining('2 findings that it did not accept before (1 critical, 1 high)'),
          subject: { location: { file: '.k8s-gate/baseline.yaml', line: 9 } },
        },
      ]);
    });

    it.each<[string, readonly BaselineEntry[], readonly BaselineEntry[], number]>([
      ['an entry that stays', [entry], [{ ...entry, file: 'moved.yaml', added: '2027-01-01', line: 7 }], 0],
      ['an entry that goes', [entry], [], 0],
      ['the same entry twice', [entry], [entry, entry], 1],
      ['an end that is earlier', [{ ...entry, expires: '2027-02-01' }], [{ ...entry, expires: '2027-01-01' }], 0],
      ['an end that is later', [{ ...entry, expires: '2027-01-01' }], [{ ...entry, expires: '2027-02-01' }], 1],
      ['an end that is removed', [{ ...entry, expires: '2027-01-01' }], [entry], 1],
      ['an end where there was none', [entry], [{ ...entry, expires: '2027-01-01' }], 0],
      ['one more environment', [entry], [{ ...entry, environments: ['production'] }], 1],
    ])('are found for %s: %#', (_what, was, now, count) => {
      expect(found(withEntries(...now), withEntries(...was))).toHaveLength(count);
    });
  });

  it('finds that authors may waive their own findings', () => {
    const head = settings({}, { waivers: { waivers: [], selfWaiver: 'allow' } });
    expect(found(head)).toEqual(['config-loosened: authors may waive their own findings']);
  });
});
