import { objectAt } from '../../model/field-path.ts';
import { nameLabel } from '../../model/label-selector.ts';
import { memoize } from '../../model/memoize.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';

/** Resources of one run of Kyverno: all distinguishable in its results, with unambiguous labels for each namespace. */
export interface Batch {
  readonly resources: ReadonlyMap<string, Resource>; // identity -> resource
  /** Namespace -> labels, for namespaces of the resources whose labels are known. */
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
}
type Labels = Readonly<Record<string, string>>;

/** Limits Kyverno's memory and output; its time is linear in the resources, so smaller batches would gain nothing. */
const maxResources = 1_000;

/** The identity of a resource in Kyverno's results, where a namespaced resource without a namespace is in `default`. */
export function identity(of: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}): string {
  return JSON.stringify([of.apiVersion, of.kind, of.namespace ?? 'default', of.name ?? '']);
}

/**
 * As few batches as possible: a run of Kyverno takes more than a second, regardless of its input.
 * @param configured Namespace -> labels, of the configuration
 */
export function batchesOf(resources: readonly Resource[], configured: Readonly<Record<string, Labels>>): readonly Batch[] {
  const labelsOf = memoize((key) => labelsFor(key, resources, configured));
  const parts: Part[] = [];
  for (const resource of resources) place(parts, resource, labelsOf(environmentKey(resource)));
  return parts.map(({ resources: own, labels }) => {
    const namespaceLabels = [...labels].flatMap(([name, found]): [string, Labels][] =>
      found === undefined ? [] : [[name, found]],
    );
    return { resources: own, namespaceLabels: new Map(namespaceLabels) };
  });
}

interface Part {
  readonly resources: Map<string, Resource>;
  /** The labels of each namespace of the resources; undefined if unknown. */
  readonly labels: Map<string, Labels | undefined>;
}

function place(parts: Part[], resource: Resource, known: ReadonlyMap<string, Labels>): void {
  const key = identity(resource);
  const namespace = resource.namespace ?? 'default';
  const labels = known.get(namespace);
  const fits = (part: Part): boolean =>
    part.resources.size < maxResources &&
    !part.resources.has(key) &&
    (!part.labels.has(namespace) || JSON.stringify(part.labels.get(namespace)) === JSON.stringify(labels));
  const part = parts.find(fits) ?? { resources: new Map(), labels: new Map() };
  if (part.resources.size === 0) parts.push(part);
  part.resources.set(key, resource);
  part.labels.set(namespace, labels);
}

function environmentKey(resource: Resource): string {
  return JSON.stringify(resource.environments.toSorted());
}

/** Labels from Namespace manifests of the same environments, or of none; configured ones take precedence. Conflicting ones are unknown. */
function labelsFor(
  key: string,
  resources: readonly Resource[],
  configured: Readonly<Record<string, Labels>>,
): ReadonlyMap<string, Labels> {
  const found = new Map<string, Labels>();
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

function withName(name: string, labels: Readonly<Record<string, unknown>>): Labels {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...Object.fromEntries(sorted.map(([key, value]) => [key, String(value)])), [nameLabel]: name };
}
