import type { Operation } from '../../edits/value.ts';
import type { JudgedFinding } from '../../model/verdict.ts';

/** Operations on one document of a YAML file. */
interface DocumentChange {
  readonly kind: 'document';
  readonly document: number;
  readonly operations: readonly Operation[];
}

/** One line of a template, which is not YAML, and the lines that replace it. */
interface LineChange {
  readonly kind: 'line';
  /** From 1, in the text that was judged. */
  readonly line: number;
  readonly old: string;
  readonly lines: readonly string[];
}
export type Change = DocumentChange | LineChange;

/** A change of a file, and every finding that asks for it. */
export interface Edit {
  /** Relative to the workspace. */
  readonly file: string;
  readonly change: Change;
  readonly findings: readonly JudgedFinding[];
}

/** Equal for edits that do the same. */
export function keyOf({ file, change }: Pick<Edit, 'file' | 'change'>): string {
  return JSON.stringify([file, change], (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
