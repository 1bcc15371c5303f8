/** How a file differs between two commits. Paths are relative to the repository's root, with `/`. */
export interface FileDiff {
  /** Absent if the file is new. */
  readonly oldPath?: string;
  /** Absent if the file was deleted. */
  readonly newPath?: string;
  /** In order. Empty if only name or mode changed; a changed binary file has one hunk that covers the whole file. */
  readonly hunks: readonly Hunk[];
}
/** Without context lines. A count of 0 is the position between `start` and the next line, as in `diff -U0`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}
