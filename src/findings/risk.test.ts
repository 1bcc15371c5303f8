import { describe, expect, it } from 'vitest';
import { finding, manifestSet } from '../../test/support/model.ts';
import { withRisk } from './risk.ts';

const today = new Date('2026-11-28T12:00:00Z');
const risk = (published?: string) => {
  const found = finding({ rule: 'CVE-2024-3094', category: 'vulnerability', ...(published !== undefined && { published }) });
  return withRisk([found], {}, manifestSet({}), today)[0]?.risk;
};

describe('the age of a vulnerability', () => {
  it.each([
    ['2026-11-28', 0],
    ['2026-11-27', 1],
    ['2026-10-29', 30],
    ['2024-03-29', 974],
  ])('published on %s is %d days', (published, ageDays) => {
    expect(risk(published)).toMatchObject({ published, ageDays });
  });

  it.each([undefined, '2026-11-30', '2099-01-01'])('is not known for %s', (published) => {
    expect(risk(published)?.ageDays).toBeUndefined();
  });
});
