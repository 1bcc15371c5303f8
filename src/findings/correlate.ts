import type { Cause } from '../model/correlation.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { Finding } from '../model/finding.ts';
import { addTo } from '../model/group.ts';
import { itemAt } from '../model/pod-paths.ts';
import type { Resource } from '../model/resource.ts';
import { fingerprint } from './fingerprint.ts';
import { identityOf } from './locate.ts';
import { mergeSources } from './merge-sources.ts';

/** One finding of one rendered resource, and its cause. */
interface Member {
  readonly finding: Finding;
  readonly path: FieldPath;
  /** The container, volume or rule it refers to; undefined if it refers to the pod or the resource. */
  readonly item: FieldPath | undefined;
}
interface Cluster {
  readonly cause: Cause;
  readonly resource: Resource;
  /** Index of the resource in the set. */
  readonly index: number;
  readonly members: Member[];
}

/**
 * Merges the findings of several rules with one cause, container by container, before environments are merged: each input finding belongs
 * to one resource. In doubt nothing is merged, and no source, resource or severity is lost. Findings with a cause come last, in the order
 * of the resources, so that the order of engines does not matter.
 * @param causeOf Called for each finding; a merged finding keeps its cause.
 */
export function correlate(
  findings: readonly Finding[],
  causeOf: (finding: Finding) => Cause | undefined,
  resources: readonly Resource[],
): readonly Finding[] {
  const byUid = new Map(resources.map((resource, index) => [resource.uid, { resource, index }]));
  const clusters = new Map<string, Map<number, Cluster>>();
  const others: { readonly finding: Finding; readonly index: number }[] = [];
  for (const finding of findings) {
    const { subject } = finding;
    const cause = causeOf(finding);
    const known = subject.kind === 'resource' ? byUid.get(subject.resource) : undefined;
    if (cause === undefined || known === undefined || subject.kind !== 'resource') {
      others.push({ finding, index: known?.index ?? 0 });
      continue;
    }
    const { resource, index } = known;
    const path = withinResource(subject.path, resource);
    const member: Member = { finding, path, item: itemAt(path, cause.items) };
    const ofCause = clusters.get(cause.id) ?? new Map<number, Cluster>();
    clusters.set(cause.id, ofCause);
    const cluster = ofCause.get(index);
    if (cluster === undefined) ofCause.set(index, { cause, resource, index, members: [member] });
    else cluster.members.push(member);
  }
  const all = [...clusters.values()].flatMap((ofCause) => [...ofCause.values()]);
  const sorted = all.toSorted((a, b) => a.index - b.index || (a.cause.id < b.cause.id ? -1 : 1));
  return [...others.toSorted((a, b) => a.index - b.index).map(({ finding }) => finding), ...sorted.flatMap(mergedByPlace)];
}

/** For a `foreach`, Kyverno reports the path within the item but not the item, so the path cannot be used. */
function withinResource(path: FieldPath, { object }: Resource): FieldPath {
  return path[0] !== undefined && Object.hasOwn(object, String(path[0])) ? path : [];
}

/** Item by item. A finding without an item belongs to the only item, or to the pod if the pod itself has such a field. */
function mergedByPlace({ cause, resource, members }: Cluster): readonly Finding[] {
  if (members.length === 1) return mergeGroup(members, cause, resource);
  const items = new Map<string, Member[]>();
  const vague: Member[] = [];
  const own: Member[] = [];
  const paths = members.flatMap(({ item }) => (item === undefined ? [] : [item]));
  for (const member of members) {
    const { item, path } = member;
    if (item !== undefined) addTo(items, JSON.stringify(item), member);
    else if (paths.length > 0 && (cause.inherited || paths.some((other) => isAbove(path, other)))) vague.push(member);
    else own.push(member);
  }
  const groups = [...items.values()].toSorted((a, b) => (JSON.stringify(a[0]?.item) < JSON.stringify(b[0]?.item) ? -1 : 1));
  const [only] = groups;
  const joins = groups.length === 1 && own.length === 0 && only !== undefined;
  const merged = joins
    ? [mergeGroup([...only, ...vague], cause, resource)]
    : groups.map((group) => mergeGroup(group, cause, resource));
  return [...merged.flat(), ...mergeGroup(own, cause, resource), ...(joins ? [] : vague.map(({ finding }) => finding))];
}

/** A path within another list (a mount of a container, for a volume) only identifies the pod. */
function isAbove(path: FieldPath, item: FieldPath): boolean {
  const number = path.findIndex((step) => typeof step === 'number');
  const outer = number === -1 ? path : path.slice(0, number - 1);
  return outer.length < item.length && outer.every((step, index) => item[index] === step);
}

/** A rule that reports one location twice has two distinct findings: they are not merged. */
function mergeGroup(group: readonly Member[], cause: Cause, resource: Resource): readonly Finding[] {
  const twice = repeated(group);
  const once = twice.size === 0 ? group : group.filter((member) => !twice.has(member));
  const [first] = once;
  if (first === undefined) return group.map(({ finding }) => finding);
  const scope = once.find(({ item }) => item !== undefined)?.item ?? [];
  const merged = mergeSources(once.map(({ finding }) => finding));
  const identity =
    once.length === 1 && first.finding.cause !== undefined
      ? first.finding.fingerprint
      : fingerprint({ engine: 'cause', rule: cause.id }, identityOf(resource, scope));
  // In V8, a spread followed by an added property takes up to four times as long.
  const found: Finding =
    merged.cause === undefined
      ? { cause: cause.id, ...merged, fingerprint: identity }
      : { ...merged, cause: cause.id, fingerprint: identity };
  return [found, ...[...twice].map(({ finding }) => finding)];
}

/** Members whose rule occurs more than once, in the order of the group. */
function repeated(group: readonly Member[]): ReadonlySet<Member> {
  if (group.length === 1 && group[0]?.finding.sources.length === 1) return new Set();
  const names = group.flatMap(namesOf);
  const seen = new Set(names);
  if (seen.size === names.length) return new Set();
  const repeated = new Set(names.filter((name) => !seen.delete(name)));
  return new Set(group.filter((member) => namesOf(member).some((name) => repeated.has(name))));
}

function namesOf({ finding: { sources } }: Member): readonly string[] {
  return sources.map(({ engine, rule }) => `${engine}/${rule}`);
}
