/** A place in a file of the repository. Lines and columns count from 1; `file` is relative to the workspace, with `/`. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
  /** `field`: the field itself. `parent`: its nearest parent that exists. `file`: only the file is known; line is a best guess. */
  readonly precision: 'field' | 'parent' | 'file';
}

export function formatLocation(location: Pick<SourceLocation, 'file' | 'line' | 'column'>): string {
  return `${location.file}:${location.line}${location.column === undefined ? '' : `:${location.column}`}`;
}
