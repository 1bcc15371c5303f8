import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { Hunk } from '../model/diff.ts';
import type { SourceLocation } from '../model/location.ts';
import { touchedFirst } from './touched.ts';

const place = (file: string, line: number, endLine?: number): SourceLocation => ({
  file,
  line,
  precision: 'field',
  ...(endLine !== undefined && { endLine }),
});
const changed = (newPath: string, ...hunks: readonly Hunk[]) => [{ oldPath: newPath, newPath, hunks }];
const added = (newStart: number, newLines: number): Hunk => ({ oldStart: 1, oldLines: 0, newStart, newLines });
const orderOf = (places: readonly SourceLocation[], diffs: ReturnType<typeof changed>, prefix = '') =>
  touchedFirst([finding({ locations: places })], diffs, prefix)[0]?.locations.map(({ file, line }) => `${file}:${line}`);

describe('touchedFirst', () => {
  const places = [place('a.yaml', 3), place('b.yaml', 7), place('c.yaml', 9)];

  it('puts what the change touches first, the rest as it was', () => {
    expect(orderOf(places, changed('b.yaml', added(6, 2)))).toEqual(['b.yaml:7', 'a.yaml:3', 'c.yaml:9']);
  });

  it.each([
    ['the line before', added(5, 2)],
    ['the line after', added(8, 1)],
    ['only gone lines', added(7, 0)],
  ])('does not take %s for it', (_what, hunk) => {
    expect(orderOf(places, changed('b.yaml', hunk))).toEqual(['a.yaml:3', 'b.yaml:7', 'c.yaml:9']);
  });

  it('takes any line of a place that has several', () => {
    expect(orderOf([place('a.yaml', 3), place('b.yaml', 1, 7)], changed('b.yaml', added(6, 2)))?.[0]).toBe('b.yaml:1');
  });

  it('looks in the repository for a workspace below its root', () => {
    expect(orderOf(places, changed('shop/c.yaml', added(9, 1)), 'shop')?.[0]).toBe('c.yaml:9');
  });
});
