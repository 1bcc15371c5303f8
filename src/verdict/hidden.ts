import type { Gap } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet, SourceUnit } from '../model/manifest-set.ts';

type Before = Pick<ManifestSet, 'units' | 'gaps'>;

/**
 * Whether the base evaluated the subject of a gap: the same release or dependency, or any part of a chart or kustomization that the change
 * hides completely. Gaps that the base has as well, and gaps of new units, hide nothing.
 */
export function evaluatedOn(before: Before, now: Pick<ManifestSet, 'units'>): (gap: Gap) => boolean {
  return ({ unit, subject }) => {
    if (unit === undefined || before.gaps.some((old) => old.unit === unit && old.subject === subject)) return false;
    if (before.units.some(({ evaluated }) => evaluated?.includes(subject) === true)) return true;
    const isLost = now.units.every(({ path, kind, resources }) => path !== unit || kind === 'plain' || resources === 0);
    return isLost && wasRendered(unit, before.units, []);
  };
}

function wasRendered(path: string, units: readonly SourceUnit[], seen: readonly string[]): boolean {
  return units.some(({ path: own, kind, status, resources, within }) => {
    if (own !== path || kind === 'plain' || kind === 'policy') return false;
    if (status === 'skipped')
      return within !== undefined && !seen.includes(within) && wasRendered(within, units, [...seen, path]);
    return status === 'rendered' || resources > 0;
  });
}

/** A change must not turn something evaluated into a gap, which only warns: such a gap is an error instead of a finding. */
export function refuseHidden<Set extends Pick<ManifestSet, 'gaps' | 'failures'>>(set: Set, isHidden: (gap: Gap) => boolean): Set {
  const hidden = set.gaps.filter(isHidden);
  if (hidden.length === 0) return set;
  return { ...set, gaps: set.gaps.filter((gap) => !hidden.includes(gap)), failures: [...set.failures, ...hidden.map(fault)] };
}

function fault({ file, line, subject, reason, next }: Gap): GateError {
  return new GateError('RENDER_FAILED', {
    file,
    ...(line !== undefined && { line }),
    message: `this change prevents ${subject} from being rendered: ${reason}`,
    ...(next !== '' && { next }),
  });
}
