import { describe, expect, it } from 'vitest';
import { formatAction, isLooser, neededBy, type SeverityAction } from './severity-condition.ts';

const kev: SeverityAction = { block: [{ kev: true }], otherwise: 'warn' };
const either: SeverityAction = { block: [{ kev: true }, { epss: 0.1 }], otherwise: 'warn' };
const both: SeverityAction = { block: [{ kev: true, epss: 0.1 }], otherwise: 'warn' };
const likely = (epss: number): SeverityAction => ({ block: [{ epss }], otherwise: 'warn' });
const older = (age: number): SeverityAction => ({ block: [{ age }], otherwise: 'warn' });
const rest: SeverityAction = { block: [{ kev: true }], otherwise: 'allow' };
const review: SeverityAction = { warn: [{ fixable: true }], otherwise: 'allow' };

describe('an action with conditions', () => {
  it.each<[SeverityAction, SeverityAction]>([
    ['warn', 'block'],
    ['allow', 'warn'],
    [kev, 'block'],
    ['warn', kev],
    [rest, 'warn'],
    [rest, kev],
    [both, kev],
    [kev, either],
    [likely(0.5), likely(0.1)],
    [review, 'warn'],
    [review, kev],
    ['allow', review],
    [{ block: [{ exposed: true }], otherwise: 'warn' }, kev],
    [older(30), older(7)],
    [older(30), 'block'],
    [{ block: [{ age: 7, kev: true }], otherwise: 'warn' }, older(7)],
  ])('%j is looser than %j', (now, was) => {
    expect(isLooser(now, was)).toBe(true);
  });

  it.each<[SeverityAction, SeverityAction]>([
    ['block', 'warn'],
    ['block', either],
    [kev, 'warn'],
    [kev, kev],
    [kev, rest],
    [kev, both],
    [either, kev],
    [likely(0.1), likely(0.5)],
    [older(7), older(30)],
    ['warn', review],
    [kev, review],
    [review, 'allow'],
    [
      either,
      {
        block: [
          { kev: true, fixable: true },
          { epss: 0.3, exposed: true },
        ],
        otherwise: 'warn',
      },
    ],
  ])('%j is not looser than %j', (now, was) => {
    expect(isLooser(now, was)).toBe(false);
  });

  it('is one line of text', () => {
    expect(formatAction('block')).toBe('block');
    expect(
      formatAction({
        block: [{ kev: true }, { epss: 0.1, exposed: true }],
        warn: [{ age: 30, fixable: true }],
        otherwise: 'allow',
      }),
    ).toBe('block if kev, or if epss >= 0.1 and exposed; warn if age > 30d and fixable; otherwise allow');
  });

  it('needs the data that its conditions name', () => {
    const policy = { critical: kev, high: review, medium: 'allow', low: 'allow', unknown: 'warn' } as const;
    expect(neededBy([policy])).toEqual({ conditions: true, kev: true, epss: false });
    expect(neededBy([{ ...policy, critical: 'block', high: 'warn' }])).toEqual({ conditions: false, kev: false, epss: false });
  });
});
