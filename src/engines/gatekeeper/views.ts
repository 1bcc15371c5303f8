import { groupBy } from '../../model/group.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';
import { type Surroundings, surroundingsOf } from './places.ts';

/** Resources of one run of gator, and what is known around them. */
export interface View {
  readonly resources: readonly Resource[];
  /** Results for others are not used: they are only there as data. */
  readonly judged: ReadonlySet<string>;
  readonly surroundings: Surroundings;
}

/** Limits gator's memory and output where resources do not depend on each other. */
const maxResources = 1_000;

type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Resources by environment. Without rules that compare objects, each resource is evaluated once, in runs of a bounded size. With them, an
 * environment is evaluated as a whole, and a resource of several environments in each.
 */
export function viewsOf(resources: readonly Resource[], labels: Labels, compares: boolean): readonly View[] {
  return compares ? wholes(resources, labels) : parts(resources, labels);
}

function wholes(resources: readonly Resource[], labels: Labels): readonly View[] {
  const names = [...new Set(resources.flatMap(({ environments }) => environments))].toSorted();
  const lists = [
    ...names.map((name) => resources.filter(({ environments }) => environments.includes(name))),
    resources.filter(({ environments }) => environments.length === 0),
  ];
  return lists
    .filter((list) => list.length > 0)
    .map((list) => {
      const all = [...list, ...sharedNamespaces(resources, list)];
      return { resources: all, judged: new Set(list.map(({ uid }) => uid)), surroundings: surroundingsOf(all, labels) };
    });
}

/** Namespaces of no environment belong to all of them. */
function sharedNamespaces(resources: readonly Resource[], list: readonly Resource[]): readonly Resource[] {
  const here = new Set(list);
  return resources.filter((one) => isNamespace(one) && one.environments.length === 0 && !here.has(one));
}

function parts(resources: readonly Resource[], labels: Labels): readonly View[] {
  const byEnvironment = groupBy(resources, ({ environments }) => JSON.stringify(environments.toSorted()));
  return [...byEnvironment.values()].flatMap((list) => {
    const surroundings = surroundingsOf([...list, ...sharedNamespaces(resources, list)], labels);
    const starts = Array.from({ length: Math.ceil(list.length / maxResources) }, (_, index) => index * maxResources);
    return starts.map((start) => {
      const own = list.slice(start, start + maxResources);
      return { resources: own, judged: new Set(own.map(({ uid }) => uid)), surroundings };
    });
  });
}
