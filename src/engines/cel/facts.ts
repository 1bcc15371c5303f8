import { type Definitions, definitionsIn, isDefinition } from '../../model/definitions.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';
import type { Place } from './admission.ts';
import { type Param, type ParamKind, paramOf } from './params.ts';

/** What other resources of a set tell about the one that is evaluated. */
export interface Facts {
  readonly namespaces: ReadonlyMap<string, JsonObject>;
  readonly definitions: Definitions;
  readonly deployedParams: readonly Param[];
  /** Schemas of custom kinds by apiVersion and kind; empty if no policy changes objects. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
}

type Sets = Pick<ManifestSet, 'resources' | 'whole'>;

/**
 * @param accepted Whether the configuration accepts parameters that are deployed with the resource.
 * @param withSchemas Whether policies change objects.
 */
export function factsOf(
  { resources, whole }: Sets,
  paramKinds: readonly ParamKind[],
  accepted: boolean,
  withSchemas = false,
): Facts {
  const all = whole ?? resources;
  const kinds = new Set(paramKinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  return {
    namespaces: new Map(all.filter(isNamespace).map((resource) => [resource.name, resource.object])),
    definitions: definitionsIn(all.filter(isDefinition).map(({ object }) => object)),
    deployedParams: all
      .filter(({ apiVersion, kind }) => kinds.has(`${apiVersion} ${kind}`))
      .map(({ object, environments }) => paramOf(object, { environments, accepted })),
    schemas: new Map(withSchemas ? all.filter(isDefinition).flatMap(({ object }) => schemasIn(object)) : []),
  };
}

function schemasIn({ spec }: JsonObject): readonly (readonly [string, JsonObject])[] {
  if (!isObject(spec) || !isObject(spec.names) || !isArray(spec.versions)) return [];
  const { group, names, versions } = spec;
  return versions.filter(isObject).flatMap(({ name, schema }) => {
    const found = isObject(schema) && isObject(schema.openAPIV3Schema) ? schema.openAPIV3Schema : undefined;
    return found === undefined ? [] : [[`${String(group)}/${String(name)} ${String(names.kind)}`, found] as const];
  });
}

/** The same as text: a stored result is used again only if it was made with the same facts. Namespaces are not part of it. */
export function textOf({ definitions, deployedParams, schemas }: Facts): string {
  return JSON.stringify(
    [[...definitions], deployedParams.map(({ object, deployed }) => [object, deployed]), [...schemas]],
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

export function placeOf(resource: Resource, facts: Facts): Place {
  const { namespace, environments } = resource;
  return { ...facts, environments, ...(namespace !== undefined && { namespace }) };
}
