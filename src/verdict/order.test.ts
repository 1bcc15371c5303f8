import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import type { Action } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { compareJudged } from './order.ts';

const place = { file: 'Chart.yaml', line: 3, column: 5, precision: 'field' } as const;
const judged = (part: Partial<Finding>, action: Action = 'warn'): JudgedFinding => ({
  finding: finding({ locations: [place], ...part }),
  action,
  decidedBy: 'default',
});

describe('compareJudged', () => {
  it.each<[string, JudgedFinding, JudgedFinding]>([
    ['what blocks, whatever its severity', judged({ severity: 'low' }, 'block'), judged({ severity: 'critical' })],
    ['the more severe, wherever it is', judged({ severity: 'high', rule: 'z' }), judged({ severity: 'low', rule: 'a' })],
    ['the file', judged({ locations: [place] }), judged({ locations: [{ ...place, file: 'a.yaml', line: 1 }] })],
    [
      'the line as a number',
      judged({ locations: [{ ...place, line: 9, column: 8 }] }),
      judged({ locations: [{ ...place, line: 10 }] }),
    ],
    ['the column', judged({ rule: 'z' }), judged({ rule: 'a', locations: [{ ...place, column: 40 }] })],
    [
      'what has no column',
      judged({ rule: 'z', locations: [{ file: 'Chart.yaml', line: 3, precision: 'file' }] }),
      judged({ rule: 'a' }),
    ],
    [
      'what has no place',
      judged({ rule: 'z', locations: [] }),
      judged({ rule: 'a', locations: [{ ...place, line: 1, column: 1 }] }),
    ],
    ['the engine', judged({ engine: 'cel', rule: 'z' }), judged({ engine: 'trivy', rule: 'a' })],
    ['the rule', judged({ rule: 'a', title: 'z' }), judged({ rule: 'b', title: 'a' })],
    ['the title', judged({ title: 'a', fingerprint: 'f'.repeat(32) }), judged({ title: 'b' })],
    ['the fingerprint', judged({ fingerprint: 'a'.repeat(32) }), judged({ fingerprint: 'b'.repeat(32) })],
    [
      'the rule, where neither has a place',
      judged({ rule: '5.1.1', locations: [] }),
      judged({ rule: '5.1.2', locations: [], fingerprint: 'a'.repeat(32) }),
    ],
  ])('puts first by %s', (_what, first, second) => {
    expect([second, first].toSorted(compareJudged)).toEqual([first, second]);
    expect([first, second].toSorted(compareJudged)).toEqual([first, second]);
  });

  it('orders letters by code unit, as every machine does', () => {
    const files = ['a.yaml', 'Z.yaml', 'é.yaml', 'b.yaml'].map((file) => judged({ locations: [{ ...place, file }] }));
    const sorted = files.toSorted(compareJudged).map((one) => one.finding.locations[0]?.file);
    expect(sorted).toEqual(['Z.yaml', 'a.yaml', 'b.yaml', 'é.yaml']);
  });

  it('holds two alike for equal', () => {
    expect(compareJudged(judged({}), judged({}))).toBe(0);
  });
});
