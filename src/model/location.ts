import type { RenderedField } from './deployed.ts';

/** A location in a file of the repository. Lines and columns start at 1; `file` is relative to the workspace, with `/`. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
  /** `field`: the field itself. `parent`: its nearest existing parent. `file`: only the file is known; the line is approximate. */
  readonly precision: 'field' | 'parent' | 'file';
  /** What of something fetched this is about, for the text of a finding: `ghcr.io/org/podinfo-6.5.0/templates/a.yaml:12`. */
  readonly inside?: string;
  /** Only while fields are traced: what to trace for a better place than this. */
  readonly from?: RenderedField;
}

export function formatLocation(location: Pick<SourceLocation, 'file' | 'line' | 'column'>): string {
  return `${location.file}:${location.line}${location.column === undefined ? '' : `:${location.column}`}`;
}
