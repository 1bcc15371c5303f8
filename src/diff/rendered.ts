import { structuredPatch } from 'diff';
import type { FieldPath } from '../model/field-path.ts';
import type { DeployableDiff, RenderedDiff, ResourceDiff } from '../model/rendered-diff.ts';
import { comparedName, groupOf, type Resource, resourceLabel } from '../model/resource.ts';
import { linesOf, manifestText, withoutSecrets } from './manifest-text.ts';

/** A finding about a field of a resource of the change, as it is written at the line of the diff. */
export interface Remark {
  readonly resource: string;
  readonly path: FieldPath;
  readonly text: string;
}

/** Manifests that take longer to compare are shown without their lines. */
const timeoutMs = 2_000;

/** What the cluster gets, loses and keeps, by what deploys it. */
export function renderedDiff(
  before: readonly Resource[],
  after: readonly Resource[],
  remarks: readonly Remark[] = [],
): RenderedDiff {
  const old = groupBy(before, identityOf);
  const remarksOf = groupBy(remarks, ({ resource }) => resource);
  const units = new Map<string, { readonly like: Resource; readonly resources: ResourceDiff[] }>();
  const counts = { added: 0, changed: 0, removed: 0 };
  let unchanged = 0;
  const add = (like: Resource, change: ResourceDiff['change'], lines: readonly string[]): void => {
    const key = JSON.stringify([like.source.unit, like.environments]);
    const unit = units.get(key) ?? { like, resources: [] };
    units.set(key, unit);
    unit.resources.push({ change, label: resourceLabel(like), lines });
    counts[change] += 1;
  };
  for (const resource of after) {
    const previous = old.get(identityOf(resource))?.shift();
    const lines = compareManifests(previous, resource, remarksOf.get(resource.uid) ?? []);
    if (previous === undefined) add(resource, 'added', lines);
    else if (lines.length > 0) add(resource, 'changed', lines);
    else unchanged += 1;
  }
  for (const left of old.values())
    for (const resource of left) add(resource, 'removed', compareManifests(resource, undefined, []));
  const deployables = [...units.values()].map(
    ({ like, resources }): DeployableDiff => ({ unit: like.source.unit, environments: like.environments, resources }),
  );
  return { deployables: deployables.toSorted((a, b) => (a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : 0)), counts, unchanged };
}

function identityOf(resource: Resource): string {
  const { source, environments, apiVersion, kind, namespace } = resource;
  return JSON.stringify([source.unit, environments, groupOf(apiVersion), kind, namespace ?? '', comparedName(resource)]);
}

function compareManifests(
  before: Resource | undefined,
  after: Resource | undefined,
  remarks: readonly Remark[],
): readonly string[] {
  const objects = withoutSecrets(before, after);
  const [from, to] = [objects.before, objects.after].map((object) => (object === undefined ? '' : manifestText(object)));
  if (from === to) return [];
  const patch = structuredPatch('', '', from ?? '', to ?? '', undefined, undefined, { context: 3, timeout: timeoutMs });
  if (patch === undefined) return ['(the manifests are too large to compare)'];
  const places =
    remarks.length === 0 || to === undefined
      ? []
      : linesOf(
          to,
          remarks.map(({ path }) => path),
        );
  const remarkAt = groupBy(
    remarks.map(({ text }, index) => ({ text, line: places[index] ?? 0 })),
    ({ line }) => String(line),
  );
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => {
    let at = newStart - 1;
    const shown = lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => {
        if (line.startsWith('-')) return line;
        const found = remarkAt.get(String(at)) ?? [];
        at += 1;
        return found.length === 0 ? line : `${line} # ${found.map(({ text }) => text).join('; ')}`;
      });
    return [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...shown];
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
