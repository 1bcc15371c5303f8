import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

/** Slow and obviously right. */
function reference(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === '*') return reference(rest, text) || (text !== '' && reference(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && reference(rest, text.slice(1));
}

describe('matchesGlob', () => {
  it('agrees with a slow reference', () => {
    const letters = (from: string) => fc.string({ unit: fc.constantFrom(...from), maxLength: 9 });
    fc.assert(
      fc.property(letters('ab/*?'), letters('ab/\n'), (pattern, text) => {
        expect(matchesGlob(pattern, text)).toBe(reference(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the characters of a regular expression as they are', () => {
    expect(matchesGlob('a.c[0]', 'a.c[0]')).toBe(true);
    expect(matchesGlob('a.c', 'abc')).toBe(false);
  });

  it('is not stalled by a pattern of many stars', () => {
    const started = performance.now();
    expect(matchesGlob(`${'a*'.repeat(1_000)}b`, 'a'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
