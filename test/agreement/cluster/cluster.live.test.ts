import { describe, expect, it } from 'vitest';
import type { Case } from './asked.ts';
import { matchCases } from './match-cases.ts';
import { askOracle, buildOracle, statusesOf } from './oracle.ts';
import { ourAnswer } from './ours.ts';
import { paramCases } from './param-cases.ts';

const cases = [...matchCases, ...paramCases];

const oracle = buildOracle();

describe.skipIf(oracle === undefined)('the CEL engine compared with the API server', () => {
  it('matches the same objects, and collects the same parameters', () => {
    if (oracle === undefined) return;
    const answers = askOracle(oracle, cases).map(statusesOf);
    expect(answers).toHaveLength(cases.length);
    const ours = (one: Case) => ourAnswer(one).statuses.join();
    const differing = cases.flatMap((one, index) => {
      const expected = one.differs?.ours ?? (answers[index] ?? []).join();
      return ours(one) === expected ? [] : [`${one.name}: ${ours(one)}, an API server: ${expected}`];
    });
    expect(differing).toEqual([]);
    for (const status of ['pass', 'fail', 'error', 'none'] as const)
      expect(answers.filter((statuses) => statuses.includes(status)).length).toBeGreaterThan(5);
  });
});
