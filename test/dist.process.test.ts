import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { distFile } from './support/dist.ts';

/**
 * What a job downloads of an entry: the script and the chunks that it loads where it needs them. 1 MB is 1,000,000 bytes. Until image signatures
 * were verified, whose formats are 0.15 MB, the limit was 3 MB; a run without rules for signatures does not load them. The command, which no
 * job loads whole, may be larger: it has the commands other than `check`, and TUF and SPDX for those who ask for them.
 */
const limitsMB = { main: 3.5, cli: 4 };

describe.each(['main', 'cli'] as const)('dist/%s', (entry) => {
  const folder = distFile(entry);
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const chunks = scripts.filter((name) => name !== 'index.js');

  it(`is under ${limitsMB[entry]} MB`, () => {
    const bytes = scripts.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
    expect(bytes).toBeLessThan(limitsMB[entry] * 1_000_000);
  });

  it('has each chunk that its scripts name, and no other', () => {
    const text = scripts.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n');
    // webpack's own call for a chunk, minified or not: `__nccwpck_require__.e(/* import() */ 74)`.
    const named = [...text.matchAll(/\.e\((?:\/\*[^*]*\*\/ ?)?(\d+)\)/g)].map((match) => `${match[1]}.index.js`);
    expect([...new Set(named)].toSorted()).toEqual(chunks.toSorted());
    expect(chunks.length).toBeGreaterThan(0);
  });

  it('has no path that ncc replaced by one next to the bundle, with the name of the folder that it was built in', () => {
    const replaced = scripts.filter((name) => /\.ab ?\+/.test(readFileSync(path.join(folder, name), 'utf8')));
    expect(replaced).toEqual([]);
  });

  it.each(chunks)('can load %s', (chunk) => {
    // In a process of its own: not through the test runner's transforms, which would load it in another way than Node does.
    const address = pathToFileURL(path.join(folder, chunk)).href;
    const script = `const chunk = await import(${JSON.stringify(address)}); console.log(Object.keys(chunk).join());`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(printed).toContain('modules');
  });
});
