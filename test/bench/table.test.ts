import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../bench/gate.ts';
import { readKept } from '../../bench/kept.ts';
import { page, pageOf } from '../../bench/page.ts';
import { type Row, row, show, skipped, timesFaster, verdictOf } from '../../bench/row.ts';
import { explanations, markdownTable, type Section, textTable } from '../../bench/table.ts';

const parts = { what: 'one | two', ours: '1.00 s', other: '4.00 s', value: 4, unit: 'times' } as const;
const atLeast = { sense: 'at least', limit: 5 } as const;

describe('a verdict', () => {
  it.each([
    [4, 'at least', 5, 'missed'],
    [5, 'at least', 5, 'met'],
    [1.15, 'at most', 1.15, 'met'],
    [1.16, 'at most', 1.15, 'missed'],
    [-1.19, 'at most', 1.1, 'missed'],
  ] as const)('of %f, %s %f: %s', (value, sense, limit, verdict) => {
    expect(verdictOf({ value, target: { sense, limit } })).toBe(verdict);
  });

  it('is not given without a target', () => {
    expect(verdictOf({ value: 1 })).toBe('');
  });
});

describe('how many times as fast', () => {
  it('is the other time over ours', () => {
    expect(timesFaster(200, 1000)).toBe(5);
  });

  it.each([0, -1, Number.NaN])('is nothing for a time of %f', (ours) => {
    expect(() => timesFaster(ours, 1)).toThrow('was not measured');
  });
});

describe('a row', () => {
  it('has a profile where it misses its target', async () => {
    expect(await row({ ...parts, target: atLeast }, async () => ['all in parse'])).toMatchObject({ profile: ['all in parse'] });
  });

  it.each([{ ...parts, value: 6, target: atLeast }, parts])('is not profiled where it does not', async (one) => {
    const profile = () => Promise.reject(new Error('a profile costs a run'));
    expect(await row(one, profile)).toMatchObject({ kind: 'measured', profile: [] });
  });

  it.each([
    [4.004, 'times', '4.00x'],
    [199.6, 'ms', '200 ms'],
    [1.5, 's', '1.50 s'],
    [3.0049, 'MB', '3.00 MB'],
  ] as const)('shows %f %s as %s', (value, unit, text) => {
    expect(show(value, unit)).toBe(text);
  });
});

const rows: readonly Row[] = [
  { kind: 'measured', ...parts, target: atLeast, profile: ['90% parse'] },
  { kind: 'measured', ...parts, what: 'well', value: 9, target: atLeast, profile: [] },
  skipped('lint', 'no binary'),
  { kind: 'broken', what: 'scan', reason: 'Error: exit code 2' },
];
const sections: readonly Section[] = [{ id: 'c', title: 'policies', how: 'In turn.', rows }];

describe('the table', () => {
  it('is aligned for the terminal', () => {
    expect(textTable(sections).split('\n')).toEqual([
      '   what       gate    other   figure  target',
      '-  ---------  ------  ------  ------  -----------  -------',
      'c  one | two  1.00 s  4.00 s  4.00x   at least 5x  missed',
      'c  well       1.00 s  4.00 s  9.00x   at least 5x  met',
      'c  lint                                            skipped',
      'c  scan                                            broken',
    ]);
  });

  it('is a table in Markdown, whatever its cells hold', () => {
    const lines = markdownTable(sections).split('\n');
    expect(lines[2]).toBe('| c | one \\| two | 1.00 s | 4.00 s | 4.00x | at least 5x | missed |');
    expect(lines.map((line) => line.replaceAll('\\|', '').split('|').length)).toEqual(lines.map(() => 9));
  });

  it('is followed by why: profiles of what was missed, reasons of what has no figure', () => {
    expect(explanations(sections)).toEqual([
      '(c) one | two: missed, and where the time goes:',
      '    90% parse',
      '(c) lint: skipped: no binary',
      '(c) scan: broken: Error: exit code 2',
    ]);
  });
});

describe('the page', () => {
  const run = { date: '1970-01-01T00:00:00.000Z', machine: ['2 cores', 'commit abc', 'trivy 1'] };
  const text = page({ sections, runs: [{ ...run, ids: ['c'] }] });

  it.each(['* c: 1970-01-01 00:00 UTC', '* 2 cores', '* commit abc', '* trivy 1', '90% parse', 'In turn.'])(
    'contains %s',
    (part) => {
      expect(text).toContain(part);
    },
  );

  it('has the table', () => {
    expect(text).toContain(markdownTable(sections));
  });

  it('states for each part when and where it was measured, in the order of the measurements', () => {
    const later = { ...run, date: '1970-01-02T00:00:00.000Z', machine: ['8 cores'] };
    const { sections: found, runs } = pageOf({ d: { ...later, rows: [] }, a: { ...run, rows: [] }, c: { ...run, rows: [] } });
    expect(found.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(runs).toEqual([
      { ...run, ids: ['a', 'c'] },
      { ...later, ids: ['d'] },
    ]);
  });

  it('is what is kept in bench/measured.json', () => {
    expect(readFileSync(path.join(root, 'docs', 'performance.md'), 'utf8')).toBe(page(pageOf(readKept())));
  });
});
