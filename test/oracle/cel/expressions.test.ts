import { describe, expect, it } from 'vitest';
import { answerOf } from './answers.ts';
import { errors, refusals, truths } from './expressions.ts';

/** The oracle agrees: see cel.live.test.ts. */
describe('an expression', () => {
  it.each(truths)('is true: %s', (expression) => {
    expect(answerOf({ expression })).toEqual({ value: 'true' });
  });

  it.each(errors)('is an error: %s', (expression) => {
    expect(answerOf({ expression })).toEqual({ error: expect.any(String) });
  });

  it.each(refusals)('is refused: %s', (expression) => {
    expect(answerOf({ expression })).toEqual({ refused: expect.any(String) });
  });
});
