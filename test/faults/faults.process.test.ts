import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { documentation } from './docs.ts';
import { type Row, runRow, type Trial } from './row.ts';
import { rows } from './rows.ts';
import { runTable, summary } from './table.ts';

afterAll(removeTempFolders);

it('holds under every fault of the table, and never reports success if there is none', { timeout: 900_000 }, async () => {
  const results = await runTable(
    rows.filter((row) => row.missing === undefined),
    () => {},
  );
  const broken = results.flatMap(({ row, problems }) => problems.map((problem) => `${row.id}: ${problem}`));
  expect(broken).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(40);
  expect(summary(results)).toBe(`${results.length} faults, ${results.length} held, 0 false passes`);
});

it('has each row under a name of its own', () => {
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
});

it('is described in docs/faults.md as it is (npm run faults -- --write-docs)', () => {
  expect(readFileSync(path.join(root, 'docs/faults.md'), 'utf8')).toBe(documentation(rows));
});

describe('a row', () => {
  const trial: Trial = { truth: 'blocking', outcome: 'error', exitCode: 2, said: 'why', helpless: [] };
  const judged = async (expects: Row['expects'], part: Partial<Trial>) => {
    const run = () => Promise.resolve([{ ...trial, ...part }]);
    const { problems, falsePasses } = await runRow({ id: 'a', area: 'a', fault: 'a', expects, run });
    return { held: problems.length === 0, falsePasses };
  };
  it.each<[string, Row['expects'], Partial<Trial>, boolean, number]>([
    ['an error for an error', 'error', {}, true, 0],
    ['an error where nothing was gone', 'true', {}, false, 0],
    ['a pass of what blocks', 'true or error', { outcome: 'pass', exitCode: 0 }, false, 1],
    ['a warning of what blocks', 'true or error', { outcome: 'warn', exitCode: 0 }, false, 1],
    ['a pass where evidence is gone', 'error', { truth: 'clean', outcome: 'pass', exitCode: 0 }, false, 1],
    ['a true pass', 'true', { truth: 'clean', outcome: 'pass', exitCode: 0 }, true, 0],
    ['a block of what is clean', 'true or error', { truth: 'clean', outcome: 'block', exitCode: 1 }, false, 0],
    ['a block with the error next to it', 'error', { outcome: 'block', exitCode: 1 }, true, 0],
    ['a block that does not report the error', 'error', { outcome: 'block', exitCode: 1, said: '' }, false, 0],
    ['exit code 0 for an error', 'error', { exitCode: 0 }, false, 1],
    ['an error that helps nobody', 'error', { helpless: ['boom'] }, false, 0],
  ])('judges %s', async (_what, expects, part, held, falsePasses) => {
    expect(await judged(expects, part)).toEqual({ held, falsePasses });
  });

  it('is broken where it runs nothing, or throws', async () => {
    const row = { id: 'a', area: 'a', fault: 'a', expects: 'true' } as const;
    expect((await runRow({ ...row, run: () => Promise.resolve([]) })).problems).toHaveLength(1);
    expect((await runRow({ ...row, run: () => Promise.reject(new Error('x')) })).problems).toHaveLength(1);
  });
});
