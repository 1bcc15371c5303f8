import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { findResults } from './result-files.ts';

afterAll(removeTempFolders);

describe('globs of result files', () => {
  it.each(['out/**', 'out/**/*.sarif', 'out/*/*.sarif', '**'])('%s finds names with line breaks', async (glob) => {
    const workspace = emptyFolder();
    mkdirSync(path.join(workspace, 'out', 'a\nb'), { recursive: true });
    writeFileSync(path.join(workspace, 'out', 'a\nb', 'c\nd.sarif'), '{}');
    const found = await findResults(nodePorts, workspace, [glob], 'engines.sarif.files');
    expect(found.map(({ file }) => file)).toEqual(['out/a\nb/c\nd.sarif']);
  });
});
