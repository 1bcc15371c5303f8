import { type Coverage, type EngineRun, type Target, targetKey } from '../model/engine-run.ts';
import { formatPath } from '../model/field-path.ts';
import type { ManifestSet, SourceUnit } from '../model/manifest-set.ts';
import { resourceLabel } from '../model/resource.ts';
import type { CoverageEntry, CoverageRow, ImageRow } from '../model/verdict.ts';

/** Coverage: each file, resource, image and imported result with its status by engine. Items that no engine evaluated are rows, too. */
export function buildCoverage(runs: readonly EngineRun[], set: ManifestSet): readonly CoverageRow[] {
  const entries = entriesByTarget(runs);
  const entriesFor = (target: Target): readonly CoverageEntry[] => entries.get(targetKey(target)) ?? [];
  const files = set.units.map(fileRow);
  const resources = set.resources.map((resource): CoverageRow => {
    const source = resource.origin.locate([]);
    return {
      kind: 'resource',
      label: resourceLabel(resource),
      source: `${source.file}:${source.line}`,
      entries: entriesFor({ kind: 'resource', resource: resource.uid }),
    };
  });
  const images = set.images.map(
    ({ reference }): CoverageRow => ({ kind: 'image', label: reference, entries: entriesFor({ kind: 'image', reference }) }),
  );
  return [...files, ...resources, ...images, ...resultRows(runs, entriesFor)];
}

function fileRow(unit: SourceUnit): CoverageRow {
  const status = unit.status === 'rendered' ? 'evaluated' : unit.status;
  const what = unit.kind === 'plain' ? 'read' : unit.kind;
  const reason =
    unit.reason ?? (unit.status === 'rendered' ? `${unit.resources} resource${unit.resources === 1 ? '' : 's'}` : undefined);
  return { kind: 'file', label: unit.path, entries: [{ engine: what, status, ...(reason !== undefined && { reason }) }] };
}

function entriesByTarget(runs: readonly EngineRun[]): ReadonlyMap<string, readonly CoverageEntry[]> {
  const entries = new Map<string, CoverageEntry[]>();
  for (const run of runs) {
    if (run.status !== 'completed') continue;
    for (const coverage of run.coverage) {
      const key = targetKey(coverage.target);
      const list = entries.get(key) ?? [];
      list.push(toEntry(run.engine, coverage));
      entries.set(key, list);
    }
  }
  return entries;
}

function toEntry(engine: string, coverage: Coverage): CoverageEntry {
  switch (coverage.status) {
    case 'evaluated':
      return { engine, status: 'evaluated' };
    case 'not-applicable':
      return { engine, status: 'not-applicable', reason: coverage.reason };
    case 'failed':
      return { engine, status: 'failed', reason: coverage.error.message };
  }
}

function resultRows(
  runs: readonly EngineRun[],
  entriesFor: (target: Target) => readonly CoverageEntry[],
): readonly CoverageRow[] {
  const rows = new Map<string, CoverageRow>();
  for (const run of runs) {
    if (run.status !== 'completed') continue;
    for (const { target } of run.coverage) {
      const key = targetKey(target);
      if (target.kind === 'file') rows.set(key, { kind: 'result', label: target.file, entries: entriesFor(target) });
      if (target.kind === 'cluster') rows.set(key, { kind: 'cluster', label: target.node, entries: entriesFor(target) });
    }
  }
  return [...rows.values()];
}

/** Every image with the fields that refer to it. */
export function listImages({ images, resources }: ManifestSet): readonly ImageRow[] {
  const byUid = new Map(resources.map((resource) => [resource.uid, resource]));
  return images.map(({ reference, uses }) => ({
    reference,
    uses: uses.flatMap(({ resource: uid, path, containerKind: kind }) => {
      const resource = byUid.get(uid);
      if (resource === undefined) return [];
      const { file, line } = resource.origin.locate(path);
      return [{ resource: resourceLabel(resource), field: formatPath(path), kind, file, line }];
    }),
  }));
}
