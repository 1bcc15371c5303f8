import type { FileDiff } from '../model/diff.ts';

/**
 * Maps a line of the judged checkout, which may be a merge commit, to the line of the pull request's head; undefined if the head has no such
 * line. Lines of renamed files are mapped, but not their path.
 * @param diffs From the checkout to the head; without context lines.
 * @param prefix The workspace within the repository, `` if it is the root; files are relative to the workspace.
 */
export function createHeadLines(diffs: readonly FileDiff[], prefix: string): (file: string, line: number) => number | undefined {
  // A file replaced by a symlink has two diffs, one of them without an old side.
  const byOldPath = new Map(diffs.flatMap((diff) => (diff.oldPath === undefined ? [] : [[diff.oldPath, diff] as const])));
  return (file, line) => {
    const diff = byOldPath.get(prefix === '' ? file : `${prefix}/${file}`);
    if (diff === undefined) return line;
    return diff.newPath === undefined ? undefined : shifted(diff, line);
  };
}

function shifted(diff: FileDiff, line: number): number | undefined {
  let shift = 0;
  for (const { oldStart, oldLines, newLines } of diff.hunks) {
    // An insertion (no old lines) follows line `oldStart`.
    const first = oldLines === 0 ? oldStart + 1 : oldStart;
    if (line < first) break;
    if (line < first + oldLines) return undefined;
    shift += newLines - oldLines;
  }
  return line + shift;
}
