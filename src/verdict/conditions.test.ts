import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import type { Condition, SeverityAction } from '../model/severity-condition.ts';
import { actionFor } from './conditions.ts';
import { judgeFinding } from './policy.ts';

type Risk = NonNullable<Finding['risk']>;
const unlikely: Risk = { exploited: 'no', epss: 0.002, ageDays: 30, fixable: 'no', exposed: 'no' };
const vulnerability = (risk?: Partial<Risk>, part: Partial<Finding> = {}): Finding =>
  finding({
    rule: 'CVE-2024-3094',
    category: 'vulnerability',
    severity: 'critical',
    ...(risk !== undefined && { risk: { ...unlikely, ...risk } }),
    ...part,
  });
const blockIf = (...block: readonly Condition[]): SeverityAction => ({ block, otherwise: 'warn' });

describe('conditions of the severity policy', () => {
  it.each<[string, Condition, Partial<Risk>, string]>([
    ['kev', { kev: true }, { exploited: 'yes', exploitedSince: '2026-03-01' }, 'known to be exploited (KEV since 2026-03-01)'],
    ['epss', { epss: 0.1 }, { epss: 0.1 }, 'EPSS 0.1, at least 0.1'],
    ['age', { age: 30 }, { ageDays: 31 }, 'published 31 days ago, more than 30'],
    ['fixable', { fixable: true }, { fixable: 'yes' }, 'fixed'],
    ['exposed', { exposed: true }, { exposed: 'yes' }, 'reachable from outside the cluster'],
  ])('block by %s, with the reason', (_name, condition, risk, because) => {
    expect(actionFor(blockIf(condition), vulnerability(risk))).toEqual({ action: 'block', because });
  });

  it.each<[string, Condition, string]>([
    ['kev', { kev: true }, 'not known to be exploited (KEV)'],
    ['epss', { epss: 0.1 }, 'EPSS 0.002, below 0.1'],
    ['age', { age: 30 }, 'published 30 days ago, at most 30'],
    ['fixable', { fixable: true }, 'no fixed version'],
    ['exposed', { exposed: true }, 'not reachable from outside the cluster by these manifests'],
  ])('warn where %s does not match, unless the policy has another action', (_name, condition, because) => {
    expect(actionFor(blockIf(condition), vulnerability({}))).toEqual({ action: 'warn', because });
    expect(actionFor({ block: [condition], otherwise: 'allow' }, vulnerability({}))).toEqual({ action: 'allow', because });
  });

  it.each<[string, Condition, Partial<Risk> | undefined]>([
    ['the list of exploited vulnerabilities', { kev: true }, { exploited: 'unknown' }],
    ['its age', { age: 3_000 }, undefined],
    ['whether there is a fix', { fixable: true }, { fixable: 'unknown' }],
    ['the way in', { exposed: true }, { exposed: 'unknown' }],
    ['everything', { kev: true, epss: 0.99, fixable: true, exposed: true }, undefined],
  ])('count as matched where %s is not known', (_what, condition, risk) => {
    const decided = actionFor({ block: [condition], otherwise: 'allow' }, vulnerability(risk));
    expect(decided).toMatchObject({ action: 'block', because: expect.stringContaining('which counts as yes') });
  });

  it('count a missing or impossible score as matched', () => {
    const { epss: _none, ...risk } = unlikely;
    expect(actionFor(blockIf({ epss: 0.9 }), finding({ category: 'vulnerability', risk })).action).toBe('block');
  });

  it('do not match if one requirement is known not to hold, whatever is missing', () => {
    const decided = actionFor(blockIf({ kev: true, fixable: true }), vulnerability({ exploited: 'unknown' }));
    expect(decided).toEqual({ action: 'warn', because: 'no fixed version' });
  });

  it('are alternatives in a list, each with its own reason', () => {
    const policy = blockIf({ kev: true }, { epss: 0.5, exposed: true });
    expect(actionFor(policy, vulnerability({ epss: 0.9, exposed: 'yes' }))).toEqual({
      action: 'block',
      because: 'EPSS 0.9, at least 0.5, reachable from outside the cluster',
    });
    expect(actionFor(policy, vulnerability({ epss: 0.9 }))).toEqual({
      action: 'warn',
      because: 'not known to be exploited (KEV); not reachable from outside the cluster by these manifests',
    });
  });

  it('warn by a condition of their own', () => {
    const policy: SeverityAction = { block: [{ kev: true }], warn: [{ fixable: true }], otherwise: 'allow' };
    expect(actionFor(policy, vulnerability({ fixable: 'yes' })).action).toBe('warn');
    expect(actionFor(policy, vulnerability({})).action).toBe('allow');
    expect(actionFor(policy, vulnerability({ exploited: 'yes', fixable: 'yes' })).action).toBe('block');
  });

  it.each(['misconfiguration', 'secret', 'policy', 'best-practice', 'benchmark'] as const)(
    'are about vulnerabilities: a finding of category %s gets the strictest action',
    (category) => {
      expect(actionFor({ block: [{ kev: true }], otherwise: 'allow' }, finding({ category }))).toEqual({ action: 'block' });
      expect(actionFor({ warn: [{ kev: true }], otherwise: 'allow' }, finding({ category }))).toEqual({ action: 'warn' });
    },
  );

  it('apply by environment, and an environment only tightens', () => {
    const policy = { ...defaultSeverityPolicy, critical: blockIf({ kev: true }) };
    const strict = { ...policy, critical: blockIf({ kev: true }, { epss: 0.001 }) };
    const match = { paths: [], namespaces: [], labels: {} };
    const policies = { severity: policy, environments: [{ name: 'production', match, severity: strict }] };
    expect(judgeFinding(vulnerability({}), policies)).toMatchObject({ action: 'warn', decidedBy: 'default' });
    expect(judgeFinding(vulnerability({}, { environments: ['production'] }), policies)).toMatchObject({
      action: 'block',
      decidedBy: 'production',
      because: 'EPSS 0.002, at least 0.001',
    });
  });
});
