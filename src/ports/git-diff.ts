import type { FileDiff, Hunk } from '../model/diff.ts';

type Draft = { oldPath?: string; newPath?: string; hunks: Hunk[] };

/**
 * Reads `git diff --unified=0 --src-prefix=a/ --dst-prefix=b/`. Paths with control characters, quotes or backslashes are quoted as in C.
 * https://git-scm.com/docs/diff-format
 */
export function parseDiff(text: string): readonly FileDiff[] {
  const files: Draft[] = [];
  let skip = 0; // lines of a hunk's body, which may look like headers
  for (const line of text.split('\n')) {
    if (skip > 0) {
      if (!line.startsWith('\\')) skip -= 1;
      continue;
    }
    if (line.startsWith('diff --git ')) files.push({ ...pathsOf(line), hunks: [] });
    const file = files.at(-1);
    if (file === undefined) continue;
    const hunk = hunkOf(line);
    if (hunk === undefined) setPath(file, line);
    else {
      file.hunks.push(hunk);
      skip = hunk.oldLines + hunk.newLines;
    }
  }
  return files;
}

function hunkOf(line: string): Hunk | undefined {
  const found = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (found === null) return undefined;
  const number = (text: string | undefined): number => Number(text ?? '1');
  return {
    oldStart: number(found[1]),
    oldLines: number(found[2]),
    newStart: number(found[3]),
    newLines: number(found[4]),
  };
}

/** The name of a file that has no other header: empty, binary, or changed in its mode alone. Both sides then have the same name. */
function pathsOf(header: string): Pick<Draft, 'oldPath' | 'newPath'> {
  const names = header.slice('diff --git '.length);
  const half = (names.length - 1) / 2; // `a/NAME b/NAME`, either both quoted or none
  const [from, to] = [unquote(names.slice(0, half)).slice(2), unquote(names.slice(half + 1)).slice(2)];
  return from === to ? { oldPath: from, newPath: to } : {};
}

function setPath(file: Draft, line: string): void {
  const [, word, rest = ''] = /^(---|\+\+\+|rename from|rename to) (.*)$/s.exec(line) ?? [];
  const name = unquote(rest.replace(/\t$/, ''));
  if (word === 'rename from') file.oldPath = name;
  if (word === 'rename to') file.newPath = name;
  if (word === '---' && name !== '/dev/null') file.oldPath = name.slice(2);
  if (word === '+++' && name !== '/dev/null') file.newPath = name.slice(2);
  if (line.startsWith('new file mode ')) delete file.oldPath;
  if (line.startsWith('deleted file mode ')) delete file.newPath;
  // git does not report what changed inside: all of it counts as changed.
  if (line.startsWith('Binary files ')) file.hunks.push(everyLine);
}

const everyLine: Hunk = {
  oldStart: 1,
  oldLines: Number.MAX_SAFE_INTEGER - 1,
  newStart: 1,
  newLines: Number.MAX_SAFE_INTEGER - 1,
};

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
