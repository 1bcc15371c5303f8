import { isNamespace, type Resource } from '../../model/resource.ts';
import { objectAt } from './documents.ts';
import { nameLabel } from './needs.ts';

/** Resources of one run of Kyverno: all to the same environments, and no two that its results could not tell apart. */
export interface Batch {
  readonly resources: ReadonlyMap<string, Resource>; // identity -> resource
  /** Namespace -> labels, for the namespaces whose labels are known. */
  readonly namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Keeps Kyverno's memory and output within bounds; its time grows with the resources, so more runs would gain nothing. */
const maxResources = 1_000;

/** What Kyverno's results say of a resource. A namespaced resource without a namespace is in `default` there. */
export function identity(of: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}): string {
  return JSON.stringify([of.apiVersion, of.kind, of.namespace ?? 'default', of.name ?? '']);
}

export function batchesOf(
  resources: readonly Resource[],
  configured: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly Batch[] {
  const groups = new Map<string, Resource[]>();
  for (const resource of resources) {
    const key = environmentKey(resource);
    groups.set(key, [...(groups.get(key) ?? []), resource]);
  }
  return [...groups].flatMap(([key, group]) => {
    const namespaceLabels = labelsFor(key, resources, configured);
    return split(group).map((part) => ({ resources: part, namespaceLabels }));
  });
}

function environmentKey(resource: Resource): string {
  return JSON.stringify(resource.environments.toSorted());
}

function split(resources: readonly Resource[]): readonly ReadonlyMap<string, Resource>[] {
  const parts: Map<string, Resource>[] = [];
  for (const resource of resources) {
    const key = identity(resource);
    const part = parts.find((candidate) => candidate.size < maxResources && !candidate.has(key));
    if (part === undefined) parts.push(new Map([[key, resource]]));
    else part.set(key, resource);
  }
  return parts;
}

/** Labels from Namespace manifests of the same environments, or of none; configured ones win. Two that differ are not known. */
function labelsFor(
  key: string,
  resources: readonly Resource[],
  configured: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Batch['namespaceLabels'] {
  const found = new Map<string, Readonly<Record<string, string>>>();
  const unclear = new Set<string>();
  for (const resource of resources) {
    if (!isNamespace(resource)) continue;
    if (environmentKey(resource) !== key && resource.environments.length > 0) continue;
    const labels = withName(resource.name, objectAt(objectAt(resource.object, 'metadata'), 'labels'));
    const before = found.get(resource.name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(labels)) unclear.add(resource.name);
    found.set(resource.name, labels);
  }
  for (const name of unclear) found.delete(name);
  for (const [name, labels] of Object.entries(configured)) found.set(name, withName(name, labels));
  return found;
}

function withName(name: string, labels: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...Object.fromEntries(sorted.map(([key, value]) => [key, String(value)])), [nameLabel]: name };
}
