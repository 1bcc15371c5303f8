import type { PullRequestFile } from '../../ports/ports.ts';

/** Consecutive lines of the head's file in one hunk, from `start`. */
export interface Hunk {
  readonly start: number;
  readonly lines: readonly string[];
}

/** A comment must lie within one hunk of the diff, otherwise GitHub rejects the whole review. Files without a patch have no hunks. */
export function hunksOf(files: readonly PullRequestFile[]): ReadonlyMap<string, readonly Hunk[]> {
  return new Map(
    files.filter(({ status }) => status !== 'removed').map(({ path, patch }) => [path, patch === undefined ? [] : parse(patch)]),
  );
}

function parse(patch: string): readonly Hunk[] {
  const hunks: { readonly start: number; readonly lines: string[] }[] = [];
  for (const line of patch.split('\n')) {
    const head = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head !== null) hunks.push({ start: Number(head[1]), lines: [] });
    else if (/^[ +]/.test(line)) hunks.at(-1)?.lines.push(line.slice(1));
  }
  return hunks;
}

/** Whether one hunk contains all of these lines with the same text: a diff of another commit proves nothing. */
export function shows(hunks: readonly Hunk[], startLine: number, lines: readonly string[]): boolean {
  return hunks.some(
    ({ start, lines: shown }) =>
      startLine >= start &&
      startLine + lines.length <= start + shown.length &&
      lines.every((line, index) => shown[startLine - start + index] === line),
  );
}
