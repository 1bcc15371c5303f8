import { objectAt } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { nameLabel } from '../../model/label-selector.ts';
import { isClusterScoped, isOwnGroup } from '../../model/own-kinds.ts';
import { groupOf, isNamespace, type Resource } from '../../model/resource.ts';
import { labelsOf, type Place } from './match.ts';

type Labels = Readonly<Record<string, string>>;

/** What is known about namespaces and scopes in one environment. */
export interface Surroundings {
  /** undefined: two manifests disagree. */
  readonly labels: ReadonlyMap<string, Labels | undefined>;
  /** `group/kind` of CustomResourceDefinitions -> whether objects have a namespace. */
  readonly scopes: ReadonlyMap<string, boolean>;
}

/** @param configured Namespace -> labels, of the configuration; they take precedence. */
export function surroundingsOf(resources: readonly Resource[], configured: Readonly<Record<string, Labels>>): Surroundings {
  const labels = new Map<string, Labels | undefined>();
  for (const resource of resources.filter(isNamespace)) {
    const own = withName(resource.name, labelsOf(resource.object));
    const agrees = !labels.has(resource.name) || JSON.stringify(labels.get(resource.name)) === JSON.stringify(own);
    labels.set(resource.name, agrees ? own : undefined);
  }
  for (const [name, own] of Object.entries(configured)) labels.set(name, withName(name, own));
  const scopes = resources
    .filter(({ kind, apiVersion }) => kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io')
    .map(({ object }): [string, boolean] => {
      const spec = objectAt(object, 'spec');
      return [`${String(spec.group)}/${String(objectAt(spec, 'names').kind)}`, spec.scope !== 'Cluster'];
    });
  return { labels, scopes: new Map(scopes) };
}

function withName(name: string, labels: Labels): Labels {
  const all = Object.entries({ ...labels, [nameLabel]: name });
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function placeOf(resource: Resource, { labels, scopes }: Surroundings): Place {
  const known = (namespace: string) => {
    const own = labels.get(namespace);
    return own === undefined ? {} : { labels: own };
  };
  if (isNamespace(resource))
    return { namespace: resource.name, isNamespace: true, labels: withName(resource.name, labelsOf(resource.object)) };
  const scope = isClusterScoped(resource) ? false : scopes.get(`${groupOf(resource.apiVersion)}/${resource.kind}`);
  if (scope === false) return { namespace: undefined, isNamespace: false };
  if (resource.namespace !== undefined)
    return { namespace: resource.namespace, isNamespace: false, ...known(resource.namespace) };
  if (scope === undefined && !isOwnGroup(resource.apiVersion))
    return { namespace: undefined, isNamespace: false, guessed: 'it has no namespace, and may be cluster-scoped' };
  return { namespace: 'default', isNamespace: false, guessed: 'the manifest has no namespace', ...known('default') };
}

/**
 * The object as admission sees it: with a namespace, a generated name and an identifier, by which its results are found. The uid takes the
 * place of the one that the API server would have assigned.
 */
export function admitted({ uid, object }: Resource, { namespace, isNamespace: isItself }: Place): JsonObject {
  const { name, generateName, ...rest } = objectAt(object, 'metadata');
  const generated = typeof name === 'string' || typeof generateName !== 'string' ? undefined : `${generateName}${uid}`;
  const chosen = generated ?? name;
  const metadata = {
    ...rest,
    ...(generateName !== undefined && { generateName }),
    ...(chosen !== undefined && { name: chosen }),
    ...(namespace !== undefined && !isItself && { namespace }),
    uid,
  };
  return { ...object, metadata };
}
