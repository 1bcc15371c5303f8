import { describe, expect, it } from 'vitest';
import { mutationCases } from './mutation-cases.ts';
import { askMutations, recorded, writeRecord } from './mutations.ts';
import { buildOracle } from './oracle.ts';

const oracle = buildOracle();

describe.skipIf(oracle === undefined)('recorded mutations of the API server', () => {
  it('are those of its code', () => {
    const answers = askMutations(oracle ?? '', mutationCases);
    if (process.env.RECORD_ORACLES === '1') writeRecord(mutationCases, answers);
    expect(recorded(mutationCases)).toEqual(answers);
  });
});
