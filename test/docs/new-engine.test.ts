import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { repositoryCopy } from '../support/repository-copy.ts';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const blocks = codeBlocks(readFileSync(path.join(root, 'docs/new-engine.md'), 'utf8'));
const folder = repositoryCopy();
const placed: string[] = [];
for (const { note, text } of blocks) {
  const [, verb, file = ''] = /^(file|append|patch): (\S+)$/.exec(note ?? '') ?? [];
  if (verb === undefined) continue;
  const target = path.join(folder, file);
  placed.push(file);
  mkdirSync(path.dirname(target), { recursive: true });
  if (verb === 'file') writeFileSync(target, text);
  else if (verb === 'append') appendFileSync(target, text);
  else writeFileSync(target, patched(readFileSync(target, 'utf8'), text));
}

/** Adds each `+` line after the line above it. */
function patched(text: string, diff: string): string {
  const lines = text.split('\n');
  let at = -1;
  for (const line of diff.trimEnd().split('\n')) {
    const rest = line.slice(1);
    if (line.startsWith('+')) lines.splice(++at, 0, rest);
    else at = lines.indexOf(rest);
    if (at < 0) throw new Error(`there is no line ${JSON.stringify(rest)}`);
  }
  return lines.join('\n');
}

function node(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

it('the page has every file of the new engine', () => {
  expect(placed).toEqual([
    'src/engines/kube-score/options.ts',
    'src/engines/kube-score/output.ts',
    'src/engines/kube-score/engine.ts',
    'src/engines/registry.ts',
    'policies/severity.yaml',
    'test/fixtures/kube-score/score.1.20.0.json',
    'test/engines/kube-score.test.ts',
    'test/engines/kube-score.live.test.ts',
  ]);
});

it('it compiles', () => {
  // Only its files and what they import: `npm run check` compiles the whole repository.
  const include = [...placed.filter((file) => file.endsWith('.ts')), 'src/**/*.d.ts'];
  writeFileSync(path.join(folder, 'tsconfig.page.json'), JSON.stringify({ extends: './tsconfig.test.json', include }));
  const { status, output } = node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.page.json');
  expect(status, output).toBe(0);
});

it('it passes the formatter and the linter', () => {
  const files = placed.filter((file) => file.endsWith('.ts'));
  const { status, output } = node('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files);
  expect(status, output).toBe(0);
});

it('its tests and the architecture test pass', () => {
  const tests = ['test/engines/kube-score.test.ts', 'test/engines/kube-score.live.test.ts', 'test/architecture.test.ts'];
  const { status, output } = node('node_modules/vitest/vitest.mjs', 'run', ...tests);
  expect(status, output).toBe(0);
  expect(output).toMatch(/kube-score\.test\.ts \(8 tests\)/);
});
