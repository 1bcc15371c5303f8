import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { findResults, ofChange } from './result-files.ts';

afterAll(removeTempFolders);

describe('globs of result files', () => {
  it.each(['out/**', 'out/**/*.sarif', 'out/*/*.sarif', '**'])('%s finds names with line breaks', async (glob) => {
    const workspace = emptyFolder();
    mkdirSync(path.join(workspace, 'out', 'a\nb'), { recursive: true });
    writeFileSync(path.join(workspace, 'out', 'a\nb', 'c\nd.sarif'), '{}');
    const found = await findResults(nodePorts, { workspace, trusted: workspace }, [glob], 'engines.sarif.files');
    expect(found.map(({ file }) => file)).toEqual(['out/a\nb/c\nd.sarif']);
  });
});

describe('a result that the change itself brings', () => {
  const folder = (text?: string): string => {
    const made = emptyFolder();
    if (text !== undefined) writeFileSync(path.join(made, 'a.sarif'), text);
    return made;
  };
  const titles = async (workspace: string, committed: string, trusted: string) =>
    (await findResults(nodePorts, { workspace, committed, trusted }, ['a.sarif'], 'engines.sarif.files')).flatMap(ofChange);

  it.each([
    ['is new in its commit', '{}', '{}', undefined],
    ['differs from the base', '{}', '{}', '[]'],
  ])('is a gap: it %s', async (_what, workspace, committed, base) => {
    expect(await titles(folder(workspace), folder(committed), folder(base))).toMatchObject([
      { engine: 'gate', rule: 'not-evaluated', severity: 'unknown', title: expect.stringContaining('is a file of this change') },
    ]);
  });

  it.each([
    ['an earlier step wrote it', '{}', undefined, undefined],
    ['an earlier step replaced it', '{}', '[]', undefined],
    ['the base has it', '{}', '{}', '{}'],
  ])('is not one if %s', async (_what, workspace, committed, base) => {
    expect(await titles(folder(workspace), folder(committed), folder(base))).toEqual([]);
  });

  it('is not one without a base', async () => {
    const only = folder('{}');
    expect(await titles(only, only, only)).toEqual([]);
  });
});
