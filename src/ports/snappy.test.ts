import { expect, it } from 'vitest';
import { unsnappy } from './snappy.ts';

const text = (...bytes: readonly (number | string)[]): string =>
  unsnappy(Buffer.concat(bytes.map((one) => Buffer.from(typeof one === 'string' ? one : [one]))), 1_000).toString('utf8');

it('a block of literals and copies is unpacked', () => {
  expect(text(0)).toBe('');
  expect(text(3, 8, 'abc')).toBe('abc');
  expect(text(9, 8, 'abc', 0b000_010_01, 3)).toBe('abcabcabc'); // overlaps
  expect(text(6, 8, 'abc', 0b000010_10, 3, 0)).toBe('abcabc');
  expect(text(6, 8, 'abc', 0b000010_11, 3, 0, 0, 0)).toBe('abcabc');
  expect(text(64, 60 << 2, 63, 'x'.repeat(64))).toBe('x'.repeat(64));
  expect(text(0xac, 0x02, 61 << 2, 43, 1, 'y'.repeat(300))).toBe('y'.repeat(300));
});

it.each<[string, readonly (number | string)[]]>([
  ['nothing', []],
  ['a size that never ends', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['less than announced', [4, 8, 'abc']],
  ['more than announced', [2, 8, 'abc']],
  ['a literal that is cut off', [3, 8, 'ab']],
  ['a copy of what is not there yet', [9, 8, 'abc', 0b000_010_01, 4]],
  ['a copy from nowhere', [9, 8, 'abc', 0b000_010_01, 0]],
  ['a copy past the end', [4, 8, 'abc', 0b000_010_01, 3]],
  ['a tag without its bytes', [9, 8, 'abc', 0b000010_10, 3]],
  ['more than allowed', [0xe9, 0x07, 8, 'abc']],
])('%s is refused', (_what, bytes) => {
  expect(() => text(...bytes)).toThrow(/not compressed as Snappy|unpacks to more than 1000 bytes/);
});
