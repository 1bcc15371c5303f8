import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completed, engineFinding, manifestSet, resource } from '../../test/support/model.ts';
import { holds } from '../../test/support/property.ts';
import type { Cause, Correlation } from '../model/correlation.ts';
import { type FieldPath, formatPath, parsePath } from '../model/field-path.ts';
import type { EngineFinding, Finding } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';
import { compareSeverity, severities } from '../model/severity.ts';
import type { Waiver } from '../model/waiver.ts';
import { covers, partsOf } from '../verdict/waiver-match.ts';
import { causeFinder } from './cause.ts';
import { collectFindings } from './collect.ts';
import { correlate } from './correlate.ts';

const containers = ['containers', 'initContainers', 'ephemeralContainers'];
const cause = (id: string, rules: readonly string[], part: Partial<Cause> = {}): Cause => ({
  id,
  title: id,
  inherited: false,
  items: containers,
  podSecurity: [],
  rules: rules.map((rule) => ({ engine: rule.split('/')[0] ?? '', rule: rule.split('/')[1] ?? '' })),
  ...part,
});
const correlation: Correlation = [
  cause('privileged', ['cel/privileged', 'cel/daemonset', 'trivy/KSV-0017', 'kube-linter/privileged', 'opa/privileged']),
  cause('seccomp', ['cel/seccomp', 'trivy/KSV-0030'], { inherited: true }),
  cause('host-path', ['cel/host-path', 'kube-linter/mounts', 'trivy/KSV-0023'], { items: ['volumes'] }),
];
const names = ['web', 'side'];
const object = { spec: { hostPID: true, containers: names.map((name) => ({ name })), volumes: [{ name: 'a' }, { name: 'b' }] } };
const web = resource({ uid: 'obj-1', kind: 'Pod', object, environments: ['production'] });
const other = resource({ uid: 'obj-2', kind: 'Pod', name: 'other', object, environments: ['staging'] });
const set = manifestSet({ resources: [web, other] });

const placeIn = (file: string): Resource['origin'] => ({ locate: () => ({ file, line: 7, column: 1, precision: 'field' }) });

function said(rule: string, path: string, part: Partial<EngineFinding> = {}): EngineFinding {
  const [engine = '', name = ''] = rule.split('/');
  return engineFinding({ engine, rule: name, subject: { kind: 'resource', resource: 'obj-1', path: parsePath(path) }, ...part });
}
const collect = (...findings: readonly EngineFinding[]) => collectFindings([completed({ findings })], set, correlation);
const sourcesOf = (findings: readonly Finding[]) =>
  findings.map(({ sources }) => sources.map(({ engine, rule }) => `${engine}/${rule}`).toSorted());
const privileged = 'spec.containers[0].securityContext.privileged';

describe('findings of several engines with one cause', () => {
  it('is one finding, with the highest severity, the most precise location and the text of the best fix', () => {
    const patch = [{ op: 'remove', path: '/spec' }] as const;
    const found = collect(
      said('trivy/KSV-0017', 'spec.containers[0]', {
        severity: 'critical',
        title: 'by trivy',
        fix: { text: 'somehow' },
        detail: 'Why.',
      }),
      said('cel/privileged', privileged, { severity: 'medium', title: 'by cel', fix: { text: 'so', patch } }),
      said('kube-linter/privileged', 'spec.containers[0].securityContext', { severity: 'low', title: 'by linter' }),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      engine: 'cel',
      rule: 'privileged',
      title: 'by cel',
      severity: 'critical',
      cause: 'privileged',
    });
    expect(found[0]).toMatchObject({
      fix: { patch },
      detail: 'Why.',
      subject: { path: parsePath(privileged) },
      locations: [{ line: 6 }],
    });
    expect(found[0]?.sources).toEqual([
      { engine: 'cel', rule: 'privileged', severity: 'medium' },
      { engine: 'trivy', rule: 'KSV-0017', severity: 'critical', title: 'by trivy' },
      { engine: 'kube-linter', rule: 'privileged', severity: 'low', title: 'by linter' },
    ]);
  });

  it('stays apart by container, by resource and by cause', () => {
    const found = collect(
      said('cel/privileged', privileged),
      said('trivy/KSV-0017', 'spec.containers[1]'),
      said('trivy/KSV-0017', 'spec.initContainers[0]'),
      said('kube-linter/privileged', privileged, {
        subject: { kind: 'resource', resource: 'obj-2', path: parsePath(privileged) },
      }),
      said('trivy/KSV-0030', privileged),
    );
    expect(found).toHaveLength(5);
  });

  it('stays apart without an entry, however alike', () => {
    expect(collect(said('opa/own', privileged), said('cel/own', privileged))).toHaveLength(2);
    const runs = [completed({ findings: [said('cel/privileged', privileged), said('trivy/KSV-0017', privileged)] })];
    expect(collectFindings(runs, set)).toHaveLength(2);
  });

  it('merges a finding without a container only if there is exactly one', () => {
    const vague = [said('trivy/KSV-0017', 'spec.containers'), said('kube-linter/privileged', 'spec')];
    expect(sourcesOf(collect(...vague, said('cel/privileged', privileged)))).toEqual([
      ['cel/privileged', 'kube-linter/privileged', 'trivy/KSV-0017'],
    ]);
    const two = [said('cel/privileged', privileged), said('cel/privileged', 'spec.containers[1].securityContext.privileged')];
    expect(collect(...vague, ...two)).toHaveLength(4);
  });

  it('keeps the pod’s own field apart from a container’s, unless the container has it from its pod', () => {
    const pod = 'spec.securityContext.x';
    expect(collect(said('cel/daemonset', pod), said('cel/privileged', privileged))).toHaveLength(2);
    expect(collect(said('cel/seccomp', pod), said('trivy/KSV-0030', 'spec.containers[0]'))).toHaveLength(1);
  });

  it('takes a path within a nameless item, and a mount of a container, for no place at all', () => {
    expect(collect(said('opa/privileged', 'image'), said('cel/privileged', privileged))).toHaveLength(1);
    const volume = said('cel/host-path', 'spec.volumes[0].hostPath');
    expect(collect(said('kube-linter/mounts', 'spec.containers[1]'), volume)).toHaveLength(1);
    expect(
      collect(said('kube-linter/mounts', 'spec.containers[1]'), volume, said('cel/host-path', 'spec.volumes[1]')),
    ).toHaveLength(3);
  });

  it('leaves a rule that complains twice of one place as it is', () => {
    const twice = [
      said('kube-linter/privileged', privileged, { title: 'one' }),
      said('kube-linter/privileged', privileged, { title: 'two' }),
    ];
    expect(collect(...twice, said('cel/privileged', privileged), said('trivy/KSV-0017', privileged))).toHaveLength(3);
  });

  it('has a fingerprint that an engine more, or another order of containers, does not change', () => {
    const cel = said('cel/privileged', privileged);
    const [alone] = collect(cel);
    const [both] = collect(said('trivy/KSV-0017', 'spec', { severity: 'critical' }), cel);
    expect(both?.fingerprint).toBe(alone?.fingerprint);
    const turned = resource({
      ...web,
      object: { spec: { ...object.spec, containers: [...object.spec.containers].toReversed() } },
    });
    const moved = said('trivy/KSV-0017', 'spec.containers[1]');
    const [later] = collectFindings([completed({ findings: [moved] })], manifestSet({ resources: [turned] }), correlation);
    expect(later?.fingerprint).toBe(alone?.fingerprint);
    expect(collect(said('cel/privileged', 'spec.containers[1]'))[0]?.fingerprint).not.toBe(alone?.fingerprint);
  });

  it('keeps what each source is looked for by in the base', () => {
    const [cel, trivy] = [said('cel/privileged', privileged), said('trivy/KSV-0017', 'spec.containers[0]')];
    const keys = [cel, trivy].flatMap((finding) => collect(finding)[0]?.baselineKeys ?? []);
    expect(collect(trivy, cel)[0]?.baselineKeys?.toSorted()).toEqual(keys.toSorted());
  });

  it('lists only the environments that have it', () => {
    const overlays = manifestSet({ resources: [web, other].map((item) => ({ ...item, origin: placeIn('base.yaml') })) });
    const cel = ['obj-1', 'obj-2'].map((uid) =>
      said('cel/privileged', privileged, { subject: { kind: 'resource', resource: uid, path: parsePath(privileged) } }),
    );
    const found = collectFindings([completed({ findings: [...cel, said('trivy/KSV-0017', privileged)] })], overlays, correlation);
    expect(found.map(({ environments, sources }) => [environments, sources.length])).toEqual([
      [['production'], 2],
      [['staging'], 1],
    ]);
  });
});

const ruleNames = correlation.flatMap(({ rules }) => rules.map(({ engine, rule }) => `${engine}/${rule}`));
const paths = [
  '',
  'spec',
  'spec.containers',
  'spec.containers[0]',
  privileged,
  'spec.containers[1].image',
  'spec.volumes[0]',
  'spec.securityContext',
  'image',
];
const anyFinding = fc
  .record({
    rule: fc.constantFrom(...ruleNames, 'opa/own'),
    path: fc.constantFrom(...paths),
    uid: fc.constantFrom('obj-1', 'obj-2'),
    severity: fc.constantFrom(...severities),
    title: fc.constantFrom('a', 'b'),
    fix: fc.constantFrom(undefined, { text: 'x' }, { text: 'y', patch: [] }),
  })
  .map(({ rule, path, uid, fix, ...rest }) =>
    said(rule, path, {
      ...rest,
      ...(fix !== undefined && { fix }),
      subject: { kind: 'resource', resource: uid, path: parsePath(path) },
    }),
  );
/** Nothing of one of these is merged with the other. */
const elsewhere = manifestSet({ resources: [web, resource({ ...other, origin: placeIn('other.yaml') })] });
const anyFindings = fc.array(anyFinding, { maxLength: 12 });
const normal = (findings: readonly Finding[]) =>
  findings.map((finding) => JSON.stringify(Object.entries(finding).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted();

describe('for any findings', () => {
  it.each([
    ['within one resource, nor its title', elsewhere, true],
    ['across environments', set, false],
  ])('loses no source, resource, environment, identity or severity %s', (_what, given, withTitles) => {
    holds(
      fc.property(anyFindings, (raw) => {
        const merged = collectFindings([completed({ findings: raw })], given, correlation);
        for (const one of raw.flatMap((finding) => collectFindings([completed({ findings: [finding] })], given))) {
          const kept = merged.filter((finding) => isKept(one, finding, withTitles));
          expect(kept, `${one.engine}/${one.rule} ${pathText(one)}`).not.toEqual([]);
        }
        for (const { severity, sources } of merged)
          expect(severities.find((name) => sources.some((source) => source.severity === name))).toBe(severity);
      }),
      300,
    );
  });

  it('does not depend on the order of findings', () => {
    const pair = anyFindings.chain((raw) => fc.tuple(fc.constant(raw), fc.shuffledSubarray(raw, { minLength: raw.length })));
    holds(
      fc.property(pair, ([raw, shuffled]) => {
        expect(normal(collect(...shuffled))).toEqual(normal(collect(...raw)));
      }),
      300,
    );
  });

  it('has nothing left to merge', () => {
    const causeOf = causeFinder(correlation);
    const again = (findings: readonly Finding[]) =>
      correlate(findings, (finding) => correlation.find(({ id }) => id === finding.cause) ?? causeOf(finding), set.resources);
    holds(
      fc.property(anyFindings, (raw) => {
        const once = collectFindings([completed({ findings: raw })], elsewhere, correlation);
        expect(normal(again(once))).toEqual(normal(once));
      }),
      300,
    );
  });

  it('is waived only with each source of it', () => {
    holds(
      fc.property(anyFindings, fc.constantFrom(...ruleNames), (raw, left) => {
        for (const finding of collect(...raw)) {
          const waivers = ruleNames
            .filter((rule) => rule !== left)
            .concat('opa/own')
            .map(waiverOf);
          const isCovered = partsOf(finding).every((part) => waivers.some((waiver) => covers(waiver, part, finding)));
          expect(isCovered).toBe(!finding.sources.some(({ engine, rule }) => `${engine}/${rule}` === left));
        }
      }),
    );
  });
});

function isKept(one: Finding, finding: Finding, withTitles: boolean): boolean {
  return (
    (one.baselineKeys ?? []).every((key) => finding.baselineKeys?.includes(key)) &&
    one.resources.every((name) => finding.resources.includes(name)) &&
    one.environments.every((name) => finding.environments.includes(name)) &&
    compareSeverity(finding.severity, one.severity) <= 0 &&
    finding.sources.some(
      ({ engine, rule, title }) =>
        engine === one.engine && rule === one.rule && (!withTitles || (title ?? finding.title) === one.title),
    )
  );
}

function waiverOf(rule: string): Waiver {
  return { rule, target: '**', reason: 'x', owner: 'x', expires: '2030-01-01', source: 'waivers', file: 'w.yaml', line: 1 };
}

function pathText({ subject }: Finding): string {
  const path: FieldPath = subject.kind === 'resource' ? subject.path : [];
  return formatPath(path);
}
