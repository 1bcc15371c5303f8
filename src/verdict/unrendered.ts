import type { FindingState, Unrendered } from '../model/comparison.ts';
import type { Finding } from '../model/finding.ts';

/** A file, chart or kustomization whose findings on the base are not known. */
export interface UnrenderedUnit extends Pick<Unrendered, 'what' | 'reason'> {
  /** Its path, as resources name it. */
  readonly unit: string;
  /** Files of the base that it is rendered from, where the change leaves every one of them as it is; else none. */
  readonly untouched: ReadonlySet<string>;
}

interface UnrenderedUnits {
  /** The finding is of such units alone, and nothing that they and it come from has changed. */
  readonly isUntouched: (finding: Finding) => boolean;
  /** Counts a finding that nothing on the base could be compared with. */
  readonly count: (finding: Finding, state: FindingState) => void;
  /** With the counts so far. */
  readonly all: readonly Unrendered[];
}

/**
 * Decides on findings of what did not render on the base. A file that is not on the base (made by an earlier step, or by the change) proves
 * nothing, so a finding located in one is new.
 */
export function createUnrendered(units: readonly UnrenderedUnit[]): UnrenderedUnits {
  const counted = units.map((unit) => ({ unit, counts: { new: 0, unchanged: 0 } }));
  const of = (finding: Finding) => counted.filter(({ unit }) => finding.units?.includes(unit.unit) === true);
  return {
    isUntouched(finding) {
      const found = of(finding);
      if (found.length === 0 || found.length !== finding.units?.length || finding.locations.length === 0) return false;
      return finding.locations.every(({ file }) => found.some(({ unit }) => unit.untouched.has(file)));
    },
    count(finding, state) {
      for (const { counts } of of(finding)) counts[state] += 1;
    },
    get all() {
      return counted.map(({ unit: { what, reason }, counts }) => ({ what, reason, ...counts }));
    },
  };
}
