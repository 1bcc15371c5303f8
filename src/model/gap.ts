import type { EngineFinding, Finding } from './finding.ts';
import type { GateError } from './gate-error.ts';

/** Something that is or may be deployed and was not evaluated: what it is, why, and what to do about it. */
export interface Gap {
  /** Path relative to the workspace. */
  readonly file: string;
  readonly line?: number;
  /** What was not evaluated, as a noun: `submodule vendor/charts`, `chart podinfo of https://example.com/charts`. */
  readonly subject: string;
  /** Why it was not evaluated, in one sentence without a full stop. */
  readonly reason: string;
  /** What the reader should do next. */
  readonly next: string;
  /** Folder of the chart or kustomization that could not be rendered: if the base rendered it, the change has hidden it. */
  readonly unit?: string;
}

/** The gap of what failed with an error. `file`: where it is if the error names no file. */
export function gapOfError(
  { details }: GateError,
  file: string,
  gap: Pick<Gap, 'subject' | 'unit'> & Partial<Pick<Gap, 'next'>>,
): Gap {
  const place = { file: details.file ?? file, ...(details.line !== undefined && { line: details.line }) };
  return { ...place, reason: details.message, next: details.next ?? '', ...gap };
}

/** The rule of findings about gaps. */
export const gapRule = 'not-evaluated';

/** Whether the finding is about something that was not evaluated. */
export function isGap({ engine, rule }: Pick<EngineFinding, 'engine' | 'rule'>): boolean {
  return engine === 'gate' && rule === gapRule;
}

/** The number of items that were not evaluated: a finding may refer to several resources. */
export function countGaps(findings: readonly { readonly finding: Finding }[]): number {
  return findings.reduce((sum, { finding }) => sum + (isGap(finding) ? Math.max(1, finding.resources.length) : 0), 0);
}
