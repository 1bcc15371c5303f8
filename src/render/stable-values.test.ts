import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import { matchesGlob } from '../model/glob.ts';
import { comparedName } from '../model/resource.ts';
import { stableName, stableObject, stableValue, withoutHash } from './stable-values.ts';

const word = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'), minLength: length, maxLength: length });

describe('a name with a random part', () => {
  it.each([
    ['app-test-x7f2k', 'app-test-q93zz', 'app-test-?????', 'app-test-*'],
    ['webx7f', 'webq93', 'web???', '*'],
    ['a-1b2c-job', 'a-9z8y-job', 'a-????-job', 'a-*-job'],
    ['app-12', 'app-987', 'app-??', 'app-*'],
    ['app-x1-y2', 'app-z3-w4', 'app-??-??', 'app-*-*'],
    ['x-test', 'longer-name-test', '?-test', '*-test'],
  ])('%s is %s elsewhere, shown as %s and compared as %s', (name, other, shown, compared) => {
    expect(stableName(name, other)).toBe(shown);
    expect(comparedName({ name, stableName: shown })).toBe(compared);
  });

  it('is compared alike by any two pairs of renderings', () => {
    const differing = (first: string, second: string): boolean => first !== second;
    holds(
      fc.property(word(5), word(5), word(5), word(5), (a, b, c, d) => {
        fc.pre(differing(a, b) && differing(c, d));
        const [one, two] = [[a, b] as const, [c, d] as const].map(([first, second]) => {
          const name = `app-test-${first}`;
          return comparedName({ name, stableName: stableName(name, `app-test-${second}`) });
        });
        expect(one).toBe(two);
      }),
    );
  });

  it('matches a pattern where, and only where, the rendered name does with a wildcard in place of what is random', () => {
    holds(
      fc.property(word(4), word(4), (a, b) => {
        const shown = stableName(`web${a}`, `web${b}`);
        for (const pattern of ['web*', 'web????', '*']) expect(matchesGlob(pattern, shown)).toBe(true);
        for (const pattern of ['api*', 'web???', `web${a}x`]) expect(matchesGlob(pattern, shown)).toBe(false);
      }),
    );
  });
});

describe('a value with a random part', () => {
  it('keeps what is the same in both, word by word', () => {
    expect(stableValue('sh -c "echo a1; evil; echo b2"', 'sh -c "echo c3; evil; echo d4"')).toBe('sh -c "echo *; evil; echo *"');
    expect(stableValue({ a: ['x', 1], b: true }, { a: ['y', 2], b: true })).toEqual({ a: ['*', '*'], b: true });
  });

  it('is unchanged if its shape differs', () => {
    expect(stableValue(['a'], ['a', 'b'])).toEqual(['a']);
    expect(stableValue('a', 1)).toBe('a');
    expect(stableObject({ a: 1 }, { b: 2 })).toEqual({ a: 1 });
  });

  it('is the value itself where nothing differs', () => {
    holds(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (json) => {
        const value = JSON.parse(JSON.stringify(json));
        expect(stableValue(value, structuredClone(value))).toEqual(value);
      }),
    );
  });
});

describe('the hash of a generated name', () => {
  it.each([
    ['web-config-5g2k7h9f4m', 'web-config-??????????'],
    ['web-config', undefined],
    ['web-config-abcdefghij', undefined],
    ['web-5g2k7h9f4m-x', undefined],
  ])('of %s leaves %s', (name, left) => expect(withoutHash(name)).toBe(left));
});
