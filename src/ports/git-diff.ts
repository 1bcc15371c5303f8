import type { FileDiff, Hunk } from './ports.ts';

/**
 * Reads `git diff --unified=0`. Paths with control characters, quotes or backslashes come quoted as in C.
 * https://git-scm.com/docs/diff-format
 */
export function parseDiff(text: string): readonly FileDiff[] {
  const files: { oldPath?: string; newPath?: string; hunks: Hunk[] }[] = [];
  let skip = 0; // lines of a hunk's body, which may look like headers
  for (const line of text.split('\n')) {
    if (skip > 0) {
      if (!line.startsWith('\\')) skip -= 1;
      continue;
    }
    const file = files.at(-1);
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (line.startsWith('diff --git ')) files.push({ hunks: [] });
    else if (file === undefined) continue;
    else if (hunk !== null) {
      const [oldStart, oldLines, newStart, newLines] = [hunk[1], hunk[2] ?? '1', hunk[3], hunk[4] ?? '1'].map(Number);
      const parsed = { oldStart: oldStart ?? 0, oldLines: oldLines ?? 0, newStart: newStart ?? 0, newLines: newLines ?? 0 };
      file.hunks.push(parsed);
      skip = parsed.oldLines + parsed.newLines;
    } else setPath(file, line);
  }
  return files;
}

function setPath(file: { oldPath?: string; newPath?: string }, line: string): void {
  const [, word, rest = ''] = /^(---|\+\+\+|rename from|rename to) (.*)$/.exec(line) ?? [];
  const name = unquote(rest.replace(/\t$/, ''));
  if (word === 'rename from') file.oldPath = name;
  if (word === 'rename to') file.newPath = name;
  if (word === '---' && name !== '/dev/null') file.oldPath = name.slice(2);
  if (word === '+++' && name !== '/dev/null') file.newPath = name.slice(2);
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(plain ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}
