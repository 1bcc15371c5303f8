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

  it('keeps the strictest answer whatever comes after it', () => {
    expect(decided([production, environment('lab', { high: 'allow' })], ['lab', 'production'])).toEqual(['block', 'production']);
  });
});
