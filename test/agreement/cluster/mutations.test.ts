import { describe, expect, it } from 'vitest';
import { mutationCases } from './mutation-cases.ts';
import { comparable, ourMutation, read, recorded } from './mutations.ts';

const answers = recorded(mutationCases).map(read);

describe('mutations compared with the recorded ones of the API server', () => {
  it('are of every kind', () => {
    expect(mutationCases.length).toBeGreaterThanOrEqual(80);
    for (const is of ['changed', 'none', 'refused', 'error'] as const)
      expect(answers.filter((answer) => answer.is === is).length, is).toBeGreaterThanOrEqual(3);
  });

  it.each(mutationCases.map((one, index) => [one.name, index] as const))('%s', (_name, index) => {
    const [one, theirs] = [mutationCases[index], answers[index]];
    if (one === undefined || theirs === undefined) throw new Error('no answer');
    const ours = ourMutation(one);
    if (one.differs !== undefined) expect(ours.is, one.differs.why).toBe(one.differs.ours);
    else expect({ answer: comparable(ours), why: ours }).toEqual({ answer: comparable(theirs), why: ours });
  });
});
