import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

interface Threat {
  readonly id: string;
  readonly cells: readonly string[];
  readonly tests: readonly string[];
}

/** The rows of the table of docs/security.md: id, threat, who, mitigation, tests as `file › title` or `file › title › row`. */
const threats: readonly Threat[] = readFileSync(path.join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]\d+ \|/.test(line))
  .map((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const tests = (cells.at(-1) ?? '').split('<br>').map((test) => test.replace(/^`|`$/g, ''));
    return { id: cells[0] ?? '', cells, tests };
  });

/** Titles as written in the source: `it('…',`, also behind `.each(…)` and `.skipIf(…)`. */
function titles(text: string): readonly string[] {
  return [...text.matchAll(/(?:\b(?:it|test)|\))\(\s*(['"])((?:\\.|(?!\1).)*)\1\s*,/g)].map(([, , title = '']) =>
    title.replaceAll(/\\(['"])/g, '$1'),
  );
}

/** What is wrong with a reference; undefined where its test is there. */
function problem(reference: string): string | undefined {
  const [file = '', title = '', row] = reference.split(' › ');
  if (!/\.test\.ts$/.test(file) || !existsSync(path.join(root, file))) return `${file} is not a test file`;
  const text = readFileSync(path.join(root, file), 'utf8');
  if (!titles(text).includes(title)) return `${file} has no test “${title}”`;
  if (row !== undefined && ![`'${row}'`, `"${row}"`].some((quoted) => text.includes(quoted)))
    return `${file} has no row “${row}”`;
  return undefined;
}

describe('the threats of docs/security.md', () => {
  it('are at least 40, each with an id of its own and every cell', () => {
    expect(threats.length).toBeGreaterThanOrEqual(40);
    expect(new Set(threats.map(({ id }) => id)).size).toBe(threats.length);
    for (const { cells } of threats) expect(cells.filter((cell) => cell !== '')).toHaveLength(5);
  });

  it.each(threats.map(({ id, tests }) => [id, tests] as const))('%s has tests that exist', (_id, tests) => {
    expect(tests.map(problem).filter((found) => found !== undefined)).toEqual([]);
  });

  it('would be missed where a file, a title or a row is gone', () => {
    expect(problem('test/gone.test.ts › x')).toContain('not a test file');
    expect(problem('test/security.test.ts › not here')).toContain('no test');
    expect(problem('test/security.test.ts › %s has tests that exist › nowhere')).toContain('no row');
  });
});
