import { describe, expect, it } from 'vitest';
import { engineFinding } from '../../test/support/model.ts';
import type { Cause } from '../model/correlation.ts';
import { parsePath } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import { causeFinder } from './cause.ts';

const cause = (id: string, rules: Cause['rules'], podSecurity: Cause['podSecurity'] = []): Cause => ({
  id,
  title: id,
  inherited: false,
  items: ['containers'],
  podSecurity,
  rules,
});
const causeOf = causeFinder([
  cause('cpu', [{ engine: 'cel', rule: 'limits', field: ['limits', 'cpu'] }]),
  cause('memory', [{ engine: 'cel', rule: 'limits', field: ['limits', 'memory'] }]),
  cause('privileged', [{ engine: 'kyverno', rule: 'no-privileged' }], ['privileged']),
  cause('host-pid', [{ engine: 'kyverno', rule: 'strict/first' }], ['host namespaces hostPID']),
  cause('added', [
    { engine: 'trivy', rule: 'KSV-1', says: 'add' },
    { engine: 'trivy', rule: 'KSV-2' },
  ]),
  cause('dropped', [
    { engine: 'trivy', rule: 'KSV-1', says: 'drop' },
    { engine: 'trivy', rule: 'KSV-2', says: 'drop' },
  ]),
]);
const of = (engine: string, rule: string, part: Partial<EngineFinding> = {}) =>
  causeOf(engineFinding({ engine, rule, ...part }))?.id;
const at = (path: string): EngineFinding['subject'] => ({ kind: 'resource', resource: 'obj-1', path: parsePath(path) });

describe('the cause of a finding', () => {
  it('is determined by its field if a rule checks several', () => {
    expect(of('cel', 'limits', { subject: at('spec.containers[0].resources.limits.cpu') })).toBe('cpu');
    expect(of('cel', 'limits', { subject: at('spec.containers[0].resources.limits.memory[0]') })).toBe('memory');
    expect(of('cel', 'limits', { subject: at('spec.containers[0].resources') })).toBeUndefined();
  });

  it('is determined by its title if a rule has several checks of a field', () => {
    expect(of('trivy', 'KSV-1', { title: 'should drop all' })).toBe('dropped');
    expect(of('trivy', 'KSV-1', { title: 'should add and drop' })).toBeUndefined();
    expect(of('trivy', 'KSV-2', { title: 'should drop all' })).toBe('dropped');
    expect(of('trivy', 'KSV-2', { title: 'else' })).toBe('added');
  });

  it('is that of a policy of Kyverno for each of its rules, unless the policy is somebody’s own in a namespace', () => {
    expect(of('kyverno', 'no-privileged/check')).toBe('privileged');
    expect(of('kyverno', 'strict/first')).toBe('host-pid');
    expect(of('kyverno', 'strict/second')).toBeUndefined();
    expect(of('kyverno', 'shop/no-privileged/check')).toBeUndefined();
    expect(of('cel', 'no-privileged/check')).toBeUndefined();
  });

  const podSecurity = (...reasons: readonly string[]) => `It violates PodSecurity "baseline:latest": ${reasons.join('')}`;
  const privileged =
    '(Forbidden reason: privileged, field error list: [spec.containers[0].securityContext.privileged is forbidden, x])';
  const pid = '(Forbidden reason: host namespaces, field error list: [spec.hostPID is forbidden, forbidden values found: true])';
  const both =
    '(Forbidden reason: host namespaces, field error list: [spec.hostPID is forbidden, x, spec.hostIPC is forbidden, x])';
  it('is that of the one control that Pod Security names', () => {
    expect(of('kyverno', 'own/baseline', { title: podSecurity(privileged) })).toBe('privileged');
    expect(of('kyverno', 'own/baseline', { title: podSecurity(pid), subject: at('spec.hostPID') })).toBe('host-pid');
    expect(of('kyverno', 'own/baseline', { title: podSecurity(both), subject: at('spec.hostPID') })).toBeUndefined();
    expect(of('kyverno', 'own/baseline', { title: podSecurity(privileged, pid) })).toBeUndefined();
    expect(of('cel', 'own/baseline', { title: podSecurity(privileged) })).toBeUndefined();
  });

  it.each([
    ['a vulnerability', { category: 'vulnerability' }],
    ['a secret', { category: 'secret' }],
    ['what an engine could not judge', { severity: 'unknown' }],
    ['an image', { subject: { kind: 'image', reference: 'nginx' } }],
  ] as const)('is unknown of %s', (_what, part) => {
    expect(of('kyverno', 'no-privileged/check', part)).toBeUndefined();
  });
});
