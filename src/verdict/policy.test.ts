import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { Environment } from '../model/config.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import type { SeverityPolicy } from '../model/severity-condition.ts';
import { judgeFinding } from './policy.ts';

const environment = (name: string, part: Partial<SeverityPolicy>): Environment => ({
  name,
  match: { paths: [], namespaces: [], labels: {} },
  severity: { ...defaultSeverityPolicy, ...part },
});
const decided = (environments: readonly Environment[], reaches: readonly string[]) => {
  const { action, decidedBy } = judgeFinding(finding({ severity: 'high', environments: reaches }), {
    severity: defaultSeverityPolicy,
    environments,
  });
  return [action, decidedBy];
};
const production = environment('production', { high: 'block' });

describe('judgeFinding', () => {
  it('names the default policy if no environment is stricter', () => {
    expect(decided([production], [])).toEqual(['warn', 'default']);
    expect(decided([environment('staging', {})], ['staging'])).toEqual(['warn', 'default']);
    expect(decided([environment('playground', { high: 'allow' })], ['playground'])).toEqual(['warn', 'default']);
  });

  it('names the environment that tightened', () => {
    expect(decided([environment('staging', {}), production], ['production', 'staging'])).toEqual(['block', 'production']);
  });

  it('names the first in the configuration of two that are equally strict', () => {
    const both = [production, environment('canary', { high: 'block' })];
    expect(decided(both, ['canary', 'production'])).toEqual(['block', 'production']);
  });

  it('lets a Helm test hook warn at most, whatever decides, and allows it where the policy does', () => {
    const judged = (severity: 'critical' | 'high' | 'low', environments: readonly Environment[] = []) =>
      judgeFinding(finding({ severity, environments: ['production'], testHook: true }), {
        severity: defaultSeverityPolicy,
        environments,
      });
    expect(judged('critical')).toMatchObject({ action: 'warn', decidedBy: 'test-hook' });
    expect(judged('high', [production])).toMatchObject({ action: 'warn', decidedBy: 'test-hook' });
    expect(judged('high')).toMatchObject({ action: 'warn', decidedBy: 'default' });
    expect(judged('low')).toMatchObject({ action: 'allow', decidedBy: 'default' });
  });

  it('is not looser for a finding because another source with a low severity agrees', () => {
    const source = (engine: string, severity: 'low' | 'unknown' | 'critical') => ({ engine, rule: 'x', severity });
    const judged = (severity: 'low' | 'critical', policy: Partial<SeverityPolicy> = {}) =>
      judgeFinding(finding({ severity, sources: [source('trivy', severity), source('kyverno', 'unknown')] }), {
        severity: { ...defaultSeverityPolicy, ...policy },
        environments: [],
      });
    expect(judged('low')).toMatchObject({ action: 'warn', because: 'kyverno/x reports no severity' });
    expect(judged('low', { unknown: 'block' })).toMatchObject({ action: 'block', because: 'kyverno/x reports no severity' });
    expect(judged('low', { unknown: 'allow' })).toEqual(expect.not.objectContaining({ because: expect.anything() }));
    expect(judged('critical')).toMatchObject({ action: 'block' });
    expect(judged('critical').because).toBeUndefined();
    const alone = finding({ severity: 'low', sources: [source('trivy', 'low')] });
    expect(judgeFinding(alone, { severity: defaultSeverityPolicy, environments: [] }).action).toBe('allow');
  });

  it('keeps the strictest answer whatever comes after it', () => {
    expect(decided([production, environment('lab', { high: 'allow' })], ['lab', 'production'])).toEqual(['block', 'production']);
  });
});
