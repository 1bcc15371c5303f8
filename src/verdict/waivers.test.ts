import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completed, evaluated, finding, manifestSet, resource, waiver } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { actions, defaultSeverityPolicy, severities } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import type { Waiver, WaiverSet } from '../model/waiver.ts';
import { type Evidence, judge } from './judge.ts';
import { applyWaivers } from './waivers.ts';

const today = new Date('2026-11-25T12:00:00Z');
const digest = `sha256:${'ab'.repeat(32)}`;

function judged(part: Partial<Finding> = {}): JudgedFinding {
  const found = finding({ rule: 'privileged', severity: 'critical', resources: ['Deployment shop/web'], ...part });
  return { finding: found, action: 'block', decidedBy: 'default' };
}
const ledger = (...waivers: readonly Waiver[]): WaiverSet => ({ waivers, selfWaiver: 'deny' });
const actionOf = (one: JudgedFinding, ...waivers: readonly Waiver[]) =>
  applyWaivers([one], ledger(...waivers), { today }).findings[0]?.action;

describe('applyWaivers', () => {
  it('allows a finding and names the waiver', () => {
    const held = waiver();
    const { findings, uses } = applyWaivers([judged()], ledger(held), { today });
    expect(findings).toEqual([{ ...judged(), action: 'allow', decidedBy: 'waiver', waiver: held }]);
    expect(uses).toEqual([{ waiver: held, status: 'in-force', findings: 1 }]);
  });

  it.each<[string, Partial<Waiver>, 'allow' | 'block']>([
    ['a glob in the rule', { rule: 'cel/priv*' }, 'allow'],
    ['another rule', { rule: 'cel/host-network' }, 'block'],
    ['the same rule of another engine', { rule: 'kyverno/privileged' }, 'block'],
    ['a glob in place of the engine', { rule: '*/privileged' }, 'block'],
    ['a rule without its engine', { rule: 'privileged' }, 'block'],
    ['a glob of the resource', { target: 'Deployment shop/*' }, 'allow'],
    ['another resource', { target: 'Deployment shop/we' }, 'block'],
    ['the file', { target: 'deploy/*.yaml' }, 'allow'],
    ['another file', { target: 'base/*.yaml' }, 'block'],
    ['its last day', { expires: '2026-11-25' }, 'allow'],
    ['the day after', { expires: '2026-11-24' }, 'block'],
    ['an environment, for a finding outside all of them', { environments: ['staging'] }, 'block'],
  ])('%s', (_what, part, expected) => {
    expect(actionOf(judged(), waiver(part))).toBe(expected);
  });

  it('holds only where it covers every environment, alone or with others', () => {
    const both = judged({ environments: ['production', 'staging'] });
    const staging = waiver({ environments: ['staging'] });
    expect(actionOf(both, staging)).toBe('block');
    expect(actionOf(both, staging, waiver({ environments: ['production'] }))).toBe('allow');
  });

  it('holds only where it covers every resource of a merged finding', () => {
    const two = judged({ resources: ['Deployment shop/web', 'Deployment shop/api'] });
    expect(actionOf(two, waiver())).toBe('block');
    expect(actionOf(two, waiver(), waiver({ target: 'Deployment shop/api' }))).toBe('allow');
  });

  it('holds only where every place is in the file', () => {
    const place = { line: 1, precision: 'field' } as const;
    const two = judged({
      locations: [
        { ...place, file: 'a.yaml' },
        { ...place, file: 'b.yaml' },
      ],
    });
    expect(actionOf(two, waiver({ target: 'a.yaml' }))).toBe('block');
  });

  it('only applies if it covers the findings of every engine', () => {
    const sources = [
      { engine: 'cel', rule: 'privileged', severity: 'critical' },
      { engine: 'trivy', rule: 'KSV-0017', severity: 'low' },
    ] as const;
    expect(actionOf(judged({ sources }), waiver())).toBe('block');
    expect(actionOf(judged({ sources }), waiver(), waiver({ rule: 'trivy/KSV-0017' }))).toBe('allow');
  });

  it.each([
    ['team-shop', 'in-force', 'allow'],
    ['alice', 'refused', 'block'],
    ['@Alice', 'refused', 'block'],
    [' alice ', 'refused', 'block'],
    ['ali@ce', 'in-force', 'allow'],
  ])('with a change by alice, one owned by %s is %s', (owner, status, action) => {
    const { findings, uses } = applyWaivers([judged()], ledger(waiver({ owner })), { today, author: 'alice' });
    expect([findings[0]?.action, uses[0]?.status]).toEqual([action, status]);
  });

  it('lets the author waive if the file allows it', () => {
    const own = { ...ledger(waiver({ owner: 'alice' })), selfWaiver: 'allow' as const };
    expect(applyWaivers([judged()], own, { today, author: 'alice' }).findings[0]?.action).toBe('allow');
  });

  it('calls a waiver in force where the policy allows its finding anyway, and takes no credit', () => {
    const allowed = { ...judged(), action: 'allow' as const };
    const { findings, uses } = applyWaivers([allowed], ledger(waiver(), waiver({ rule: 'cel/x' })), { today });
    expect(findings).toEqual([allowed]);
    expect(uses.map((use) => [use.status, use.findings])).toEqual([
      ['in-force', 0],
      ['unused', 0],
    ]);
  });
});

describe('applyWaivers, for VEX', () => {
  const component = 'openssl 3.0.2';
  const vulnerable = (reference: string) =>
    judged({ engine: 'trivy', rule: 'CVE-2026-1', category: 'vulnerability', subject: { kind: 'image', reference, component } });
  const vex = (part: Partial<Waiver>) => waiver({ source: 'openvex', rule: 'trivy/CVE-2026-1', ...part });

  it.each<[string, Partial<Waiver>, string, 'allow' | 'block']>([
    ['any version', { target: 'docker.io/library/nginx' }, 'nginx:1.25', 'allow'],
    ['any version, by digest', { target: 'docker.io/library/nginx' }, `nginx@${digest}`, 'allow'],
    ['another registry', { target: 'docker.io/library/nginx' }, 'ghcr.io/library/nginx:1.25', 'block'],
    ['a longer name', { target: 'docker.io/library/nginx' }, 'nginx-evil:1.25', 'block'],
    ['the tag', { target: 'ghcr.io/o/a:1' }, 'ghcr.io/o/a:1', 'allow'],
    ['another tag', { target: 'ghcr.io/o/a:1' }, 'ghcr.io/o/a:2', 'block'],
    ['a tag before any digest', { target: 'ghcr.io/o/a:1' }, `ghcr.io/o/a:1@${digest}`, 'block'],
    ['the digest', { target: `ghcr.io/o/a@${digest}` }, `ghcr.io/o/a:9@${digest}`, 'allow'],
    ['the digest in any repository', { target: `*@${digest}` }, `mirror.example/a@${digest}`, 'allow'],
    ['a digest nobody pinned', { target: `ghcr.io/o/a@${digest}` }, 'ghcr.io/o/a:9', 'block'],
    ['the package', { target: '*', component: { name: 'openssl', version: '3.0.2' } }, 'nginx:1', 'allow'],
    ['another version of it', { target: '*', component: { name: 'openssl', version: '3.0.20' } }, 'nginx:1', 'block'],
    ['another package', { target: '*', component: { name: 'open' } }, 'nginx:1', 'block'],
    ['an alias', { target: '*', rule: 'trivy/GHSA-x', aliases: ['trivy/CVE-2026-1'] }, 'nginx:1', 'allow'],
    ['a name that looks like a glob', { target: '*', rule: 'trivy/CVE-*' }, 'nginx:1', 'block'],
  ])('%s', (_what, part, reference, expected) => {
    expect(actionOf(vulnerable(reference), vex(part))).toBe(expected);
  });

  it('does not apply to a resource', () => {
    expect(actionOf(judged({ engine: 'trivy', rule: 'CVE-2026-1' }), vex({ target: '*' }))).toBe('block');
  });
});

const anyWaiver = fc
  .record({
    rule: fc.constantFrom('cel/a', 'cel/b', 'cel/*b', 'trivy/c'),
    target: fc.constantFrom('Deployment shop/web', 'Deployment shop/*', '*', 'deploy/app.yaml'),
    expires: fc.constantFrom('2026-11-24', '2026-11-25', '2027-01-31'),
    owner: fc.constantFrom('alice', 'team'),
  })
  .chain((part) =>
    fc.constantFrom(undefined, ['production'], ['staging']).map((to) => waiver({ ...part, ...(to && { environments: to }) })),
  );
const anyFinding = fc
  .record({
    rule: fc.constantFrom('a', 'b'),
    severity: fc.constantFrom(...severities),
    resources: fc.constantFrom(['Deployment shop/web'], ['Deployment shop/web', 'Deployment shop/api'], ['Service x/y']),
    environments: fc.constantFrom([], ['production'], ['production', 'staging']),
  })
  .map(finding);

describe('judge, for any waivers', () => {
  const fault = new GateError('ENGINE_FAILED', { message: 'trivy was killed' });
  const policy = { severity: defaultSeverityPolicy, environments: [], expectManifests: true, onlyNew: false };
  const evidence = (findings: readonly Finding[], failures: readonly GateError[] = []): Evidence => ({
    set: manifestSet({ resources: [resource({ uid: 'obj-1' })], failures }),
    runs: [completed({ coverage: evaluated('obj-1') })],
    findings,
    titles: {},
  });
  const withWaivers = (base: Evidence, waivers: readonly Waiver[]) =>
    judge({ ...base, waivers: { ledger: ledger(...waivers), today, author: 'alice' } }, policy);

  it('answers as if the waived findings were not there, never better', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyWaiver), fc.boolean(), (findings, waivers, broken) => {
        const failures = broken ? [fault] : [];
        const verdict = withWaivers(evidence(findings, failures), waivers);
        const rest = verdict.findings.filter((one) => one.waiver === undefined).map((one) => one.finding);
        expect(verdict.outcome).toBe(judge(evidence(rest, failures), policy).outcome);
        expect(verdict.findings).toHaveLength(findings.length);
      }),
    );
  });

  it('never minds expired waivers, nor the author’s own', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), fc.array(anyWaiver), (findings, waivers) => {
        const held = waivers.filter((one) => one.expires >= '2026-11-25' && one.owner !== 'alice');
        expect(withWaivers(evidence(findings), waivers).findings).toEqual(withWaivers(evidence(findings), held).findings);
      }),
    );
  });

  it('keeps every error', () => {
    const verdict = withWaivers(evidence([judged().finding], [fault]), [waiver({ rule: 'cel/*d', target: '*' })]);
    expect(verdict).toMatchObject({ outcome: 'error', errors: [fault], counts: { block: 0, warn: 0, allow: 1 } });
  });

  it('only changes actions to allow, and mentions that in one sentence', () => {
    const verdict = withWaivers(evidence([judged().finding]), [waiver()]);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'nothing blocks or warns; 1 finding waived' });
    expect(actions).toContain(verdict.findings[0]?.action);
  });
});
