import type { EngineFinding, Finding } from './finding.ts';

/** Something that is or may be deployed and that nothing evaluated: what it is, why, and what to do about it. */
export interface Gap {
  /** Path relative to the workspace. */
  readonly file: string;
  readonly line?: number;
  /** What was not evaluated, as a noun: `submodule vendor/charts`, `chart podinfo of https://example.com/charts`. */
  readonly subject: string;
  /** Why not, in one sentence without a full stop. */
  readonly reason: string;
  /** What the reader should do next. */
  readonly next: string;
  /** Folder of the chart or kustomization that could not be rendered: where the base rendered it, the change has hidden it. */
  readonly unit?: string;
}

/** The rule that each gap is a finding of. */
export const gapRule = 'not-evaluated';

/** A finding about something that nothing evaluated. */
export function isGap({ engine, rule }: Pick<EngineFinding, 'engine' | 'rule'>): boolean {
  return engine === 'gate' && rule === gapRule;
}

/** Things that nothing evaluated: a finding may concern several resources. */
export function countGaps(findings: readonly { readonly finding: Finding }[]): number {
  return findings.reduce((sum, { finding }) => sum + (isGap(finding) ? Math.max(1, finding.resources.length) : 0), 0);
}
