import type { Comparison } from '../model/comparison.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { plural } from './text.ts';

/** Plain text with untrusted parts: each reporter escapes it for its format. */

/** The reason for a finding's action, if that is not the default policy. */
export function decisionOf(
  judged: Pick<JudgedFinding, 'decidedBy' | 'waiver' | 'newBecause' | 'action' | 'because'>,
): string | undefined {
  const parts = [policyOf(judged), factsOf(judged), renewalOf(judged)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** The facts that a condition of the policy decided by: `block: known to be exploited (KEV since 2026-03-01)`. */
export function factsOf({
  action,
  because,
  waiver,
  decidedBy,
}: Pick<JudgedFinding, 'action' | 'because' | 'waiver' | 'decidedBy'>) {
  const overruled = waiver !== undefined || decidedBy === 'only-new' || decidedBy === 'test-hook';
  return because === undefined || overruled ? undefined : `${action}: ${because}`;
}

/** Why a finding counts as new although the base has it at the same location. */
export function renewalOf({ newBecause }: Pick<JudgedFinding, 'newBecause'>): string | undefined {
  return newBecause === undefined ? undefined : `the base has the same finding, but it counts as new: ${newBecause}`;
}

/** Why a finding is at most a warning, whatever its severity. */
export const testHookReason = 'Helm test hook: warns at most, because only `helm test` creates it';

function policyOf({ decidedBy, waiver }: Pick<JudgedFinding, 'decidedBy' | 'waiver'>): string | undefined {
  if (waiver !== undefined) return `waived until ${waiver.expires} by ${waiver.owner}: ${waiver.reason}`;
  switch (decidedBy) {
    case 'default':
      return undefined;
    case 'only-new':
      return 'not new: the base has the same finding';
    case 'baseline':
      return 'existing: accepted by the baseline';
    case 'test-hook':
      return testHookReason;
    default:
      return `decided by the policy of ${decidedBy}`;
  }
}

/** `1 new, 1 fixed, 2 unchanged against bbbbbbb`, or why the base could not be evaluated; undefined without a base. */
export function comparisonOf({ comparison }: Verdict): string | undefined {
  if (comparison === undefined) return undefined;
  if (comparison.status === 'unavailable')
    return `not compared with another commit, so every finding counts as new: ${comparison.reason}`;
  const { new: added, fixed, unchanged, baseSha } = comparison;
  const counts = `${added} new, ${fixed.length} fixed, ${unchanged} unchanged against ${baseSha.slice(0, 7)}`;
  return [counts, ...unrenderedOf(comparison)].join('; ');
}

/** One sentence for each part of the base that did not render, with the state of its findings. */
export function unrenderedOf(comparison: Comparison): readonly string[] {
  if (comparison.status !== 'compared') return [];
  return (comparison.unrendered ?? []).map(({ what, reason, new: added, unchanged }) => {
    const states = [
      ...(added > 0 ? [`${added} count as new`] : []),
      ...(unchanged > 0 ? [`${unchanged} count as unchanged, because the change touches none of its sources`] : []),
    ];
    const missing = `the base's ${what} did not render (${reason})`;
    if (added + unchanged === 0) return missing;
    return `${missing}: ${[`its ${plural(added + unchanged, 'finding')} could not be compared`, ...states].join(', ')}`;
  });
}

/** `new`, or `new in production only`; undefined if not new. */
export function newnessOf({ state, newIn }: Pick<JudgedFinding, 'state' | 'newIn'>): string | undefined {
  if (state !== 'new') return undefined;
  return newIn === undefined ? 'new' : `new in ${newIn.join(', ')} only`;
}

/** The effect of changed policies once merged, by environment, in one sentence; undefined if no policy changes. */
export function previewOf({ preview, policies }: Pick<Verdict, 'preview' | 'policies'>): string | undefined {
  if (preview === undefined) return undefined;
  if (preview.status === 'unavailable') return `the policies of this change cannot be evaluated: ${preview.reason}`;
  const { refused, lifted } = preview;
  const gone = lifted === 0 ? '' : ` and resolve ${plural(lifted, 'current finding')}`;
  if (refused.length === 0) return `the policies of this change would report no new findings${gone}`;
  const reach = Object.keys(policies)
    .filter((name) => name !== 'default')
    .map((name) => [name, refused.filter(({ finding }) => finding.environments.includes(name)).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} in ${name}`);
  const where = reach.length === 0 ? '' : ` (${reach.join(', ')})`;
  return `the policies of this change would report ${plural(refused.length, 'new finding')}${where}${gone}`;
}
