import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceEach } from './replace-each.ts';

/** The same by an alternation, the longest first. */
function byPattern(values: readonly string[]): (text: string) => string {
  const pattern = new RegExp(values.toSorted((a, b) => b.length - a.length).join('|'), 'g');
  return (text) => text.replaceAll(pattern, '*');
}

describe('replaceEach', () => {
  it('replaces what an alternation would replace', () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.array(fc.constantFrom('a', 'b'), { minLength, maxLength }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.array(letters(6, 12), { minLength: 1, maxLength: 30 }), letters(0, 60), (values, text) => {
        expect(replaceEach(values, '*')(text)).toBe(byPattern(values)(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('replaces the longest of several values at one place', () => {
    const replace = replaceEach(['secret', 'secret-of-a', 'secret-of-all'], '*');
    expect(replace('secret-of-b secret-of-ab secret-of-all.')).toBe('*-of-b *b *.');
  });

  it('leaves a text without any of them as it is', () => {
    expect(replaceEach(['secret'], '*')('secre, and no more')).toBe('secre, and no more');
    expect(replaceEach([], '*')('anything')).toBe('anything');
  });

  it('reads a long text once for thousands of values with one beginning', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => `password-${index}`);
    const text = `${values.join(' ')} `.repeat(5);
    expect(replaceEach(values, '*')(text)).toBe('* '.repeat(values.length * 5));
  });
});
