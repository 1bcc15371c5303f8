import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { GateError } from '../model/gate-error.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import { preview } from './preview.ts';

const policies = { severity: defaultSeverityPolicy, environments: [] };
const limits = finding({ rule: 'limits', severity: 'high', fingerprint: 'a' });
const labels = finding({ rule: 'labels', severity: 'critical', fingerprint: 'b' });
const probes = finding({ rule: 'probes', severity: 'low', fingerprint: 'c' });

describe('preview', () => {
  it('shows what would newly block or warn, worst first, and counts what would be gone', () => {
    const replaced = finding({ rule: 'old', severity: 'high', fingerprint: 'd' });
    expect(preview({ status: 'known', now: [replaced], merged: [limits, labels, probes] }, policies)).toMatchObject({
      refused: [
        { finding: labels, action: 'block' },
        { finding: limits, action: 'warn' },
      ],
      lifted: 1,
    });
  });

  it('shows nothing of what is found already', () => {
    expect(preview({ status: 'known', now: [limits, probes], merged: [limits] }, policies)).toEqual({
      status: 'known',
      refused: [],
      lifted: 0,
    });
  });

  it.each([
    ['reaches another environment', { environments: ['production'] }],
    ['complains of something else', { title: 'no memory limit' }],
  ])('shows what then %s', (_what, part) => {
    const merged = [{ ...limits, ...part }];
    expect(preview({ status: 'known', now: [limits], merged }, policies)).toMatchObject({ refused: [{ action: 'warn' }] });
  });

  it('gives the reason if it is unavailable', () => {
    const fault = new GateError('POLICY_INVALID', { message: 'the policy does not compile', file: 'p.yaml', line: 3 });
    expect(preview({ status: 'unavailable', fault }, policies)).toEqual({
      status: 'unavailable',
      reason: 'p.yaml:3: the policy does not compile',
    });
  });
});
