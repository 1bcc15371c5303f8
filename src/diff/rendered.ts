import { compareText } from '../model/compare-text.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { DeployableDiff, NotCompared, RenderedDiff, ResourceDiff } from '../model/rendered-diff.ts';
import { type Resource, resourceLabel, stableLabel } from '../model/resource.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { compareManifests, shown } from './compare-manifests.ts';
import { type Pair, pairsOf } from './pairs.ts';
import { remarksOf } from './remarks.ts';
import { maskOf } from './secrets.ts';

/** What one side deploys, as far as it was rendered. */
export type Side = Pick<ManifestSet, 'resources' | 'units' | 'pointers'>;

/** Our limits: a person reads a diff from top to bottom, and the JSON report contains all of it. */
const linesPerResource = 1_000;
const linesInAll = 50_000;

/**
 * What the cluster gets, loses and keeps, by what deploys it, with findings that block or warn at the lines they are about. What one side
 * could not render is neither new nor gone: it is in `notCompared`.
 */
export function renderedDiff(
  before: Side,
  after: Side & Pick<ManifestSet, 'images'>,
  findings: readonly JudgedFinding[],
): RenderedDiff {
  const remarks = remarksOf(findings, after.images);
  const failed = { base: failedOnly(before, after), change: failedOnly(after, before) };
  const units = new Map<string, { readonly like: Resource; readonly resources: ResourceDiff[] }>();
  const counts = { added: 0, changed: 0, removed: 0 };
  let unchanged = 0;
  let room = linesInAll;
  const mask = maskOf([...before.resources, ...after.resources].map(shown));
  for (const pair of pairsOf(before.resources, after.resources)) {
    const like = pair.after ?? pair.before;
    if (like === undefined || isUnknown(pair, failed)) continue;
    const all = compareManifests(pair, pair.after === undefined ? [] : (remarks.get(pair.after.uid) ?? []), mask);
    if (all.length === 0) {
      unchanged += 1;
      continue;
    }
    const change = changeOf(pair);
    const lines = all.slice(0, Math.min(linesPerResource, room));
    room -= lines.length;
    const key = JSON.stringify([like.source.unit, like.environments]);
    const unit = units.get(key) ?? { like, resources: [] };
    units.set(key, unit);
    unit.resources.push({ change, label: stableLabel(like), source: sourceOf(like), lines, ...leftOf(all, lines) });
    counts[change] += 1;
  }
  const deployables = [...units.values()].map(
    ({ like, resources }): DeployableDiff => ({ unit: like.source.unit, environments: like.environments, resources }),
  );
  return {
    deployables: deployables.toSorted((a, b) => compareText(a.unit, b.unit)),
    counts,
    unchanged,
    notCompared: notCompared(before, after),
  };
}

function changeOf({ before, after }: Pair): ResourceDiff['change'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

type Failed = Readonly<Record<NotCompared['side'], ReadonlyMap<string, string>>>;

/** Absent on a side that could not render where it comes from. */
function isUnknown({ before, after }: Pair, { base, change }: Failed): boolean {
  if (before === undefined) return after !== undefined && base.has(after.source.unit);
  return after === undefined && change.has(before.source.unit);
}

/** A unit that lacks the same on both sides can be compared as far as it was rendered. */
function failedOnly(side: Side, other: Side): ReadonlyMap<string, string> {
  const same = failedUnits(other);
  return new Map([...failedUnits(side)].filter(([unit, reason]) => same.get(unit) !== reason));
}

function failedUnits({ units }: Side): ReadonlyMap<string, string> {
  return new Map(
    units.flatMap(({ status, path, reason }) => (status === 'failed' ? [[path, reason ?? 'it did not render'] as const] : [])),
  );
}

/** Units that failed on one side, and what pointers of only one side deploy that was not rendered. */
function notCompared(before: Side, after: Side): readonly NotCompared[] {
  const sides = { base: before, change: after };
  const gaps = { base: pointerGaps(before), change: pointerGaps(after) };
  return (['base', 'change'] as const).flatMap((side) => {
    const other = side === 'base' ? 'change' : 'base';
    const known = new Set(sides[other].units.map(({ path }) => path));
    return [
      ...[...failedOnly(sides[side], sides[other])]
        .filter(([what]) => known.has(what))
        .map(([what, reason]) => ({ what, side, reason })),
      ...[...gaps[side]].filter(([what]) => !gaps[other].has(what)).map(([what, reason]) => ({ what, side, reason })),
    ];
  });
}

function pointerGaps({ resources, pointers = new Map() }: Side): ReadonlyMap<string, string> {
  return new Map(
    resources.flatMap((resource) =>
      (pointers.get(resource.uid) ?? []).map(({ what, reason }) => [`${resourceLabel(resource)}: ${what}`, reason] as const),
    ),
  );
}

function sourceOf({ origin }: Resource): ResourceDiff['source'] {
  const { file, line } = origin.locate([]);
  return { file, line };
}

function leftOf(all: readonly string[], shown: readonly string[]): Pick<ResourceDiff, 'left'> {
  return all.length === shown.length ? {} : { left: all.length - shown.length };
}
