import { isObject, type JsonObject } from './json.ts';
import { groupOf } from './resource.ts';

/** What the CustomResourceDefinitions of a set tell about a custom kind. */
export interface Definition {
  /** Names in URLs of the API: one, unless two definitions differ. */
  readonly plurals: readonly string[];
  /** undefined if two definitions differ. */
  readonly namespaced: boolean | undefined;
  /** Another program converts between its versions, so that a field may have another name in each. */
  readonly converted: boolean;
}
/** By group and kind: see definitionOf. */
export type Definitions = ReadonlyMap<string, Definition>;

const group = 'apiextensions.k8s.io';

export function isDefinition({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === group;
}

export function definitionOf(definitions: Definitions, ofGroup: string, kind: string): Definition | undefined {
  return definitions.get(`${ofGroup} ${kind}`);
}

/** One that the API server would reject, since its name does not follow from its group and plural, is ignored. */
export function definitionsIn(objects: readonly JsonObject[]): Definitions {
  const found = new Map<string, Definition>();
  for (const object of objects) {
    const read = readDefinition(object);
    if (read === undefined) continue;
    const { key, plural, namespaced, converted } = read;
    const other = found.get(key);
    found.set(key, {
      plurals: [...new Set([...(other?.plurals ?? []), plural])],
      namespaced: other === undefined || other.namespaced === namespaced ? namespaced : undefined,
      converted: converted || other?.converted === true,
    });
  }
  return found;
}

function readDefinition({ metadata, spec }: JsonObject) {
  if (!isObject(metadata) || !isObject(spec) || !isObject(spec.names)) return undefined;
  const { kind, plural } = spec.names;
  if (typeof kind !== 'string' || typeof plural !== 'string' || typeof spec.group !== 'string') return undefined;
  if (metadata.name !== `${plural}.${spec.group}`) return undefined;
  if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster') return undefined;
  const converted = isObject(spec.conversion) && spec.conversion.strategy === 'Webhook';
  return { key: `${spec.group} ${kind}`, plural, namespaced: spec.scope === 'Namespaced', converted };
}
