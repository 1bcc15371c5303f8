/** How a file differs between two commits. Paths count from the repository's root, with `/`. */
export interface FileDiff {
  /** Absent: the file is new. */
  readonly oldPath?: string;
  /** Absent: the file is gone. */
  readonly newPath?: string;
  /** In order. Empty where only name or mode changed; a binary file that changed is one hunk over all of it. */
  readonly hunks: readonly Hunk[];
}
/** Without context lines. A count of 0 stands between `start` and the next line, as in `diff -U0`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}
