import { type Definitions, definitionsIn, isDefinition } from '../../model/definitions.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';
import type { Place } from './admission.ts';
import { type Param, type ParamKind, paramOf } from './params.ts';

/** What other resources of a set tell about the one that is evaluated. */
export interface Facts {
  readonly namespaces: ReadonlyMap<string, JsonObject>;
  readonly definitions: Definitions;
  readonly deployedParams: readonly Param[];
}

type Sets = Pick<ManifestSet, 'resources' | 'whole'>;

/** @param accepted Whether the configuration accepts parameters that are deployed with the resource. */
export function factsOf({ resources, whole }: Sets, paramKinds: readonly ParamKind[], accepted: boolean): Facts {
  const all = whole ?? resources;
  const kinds = new Set(paramKinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  return {
    namespaces: new Map(all.filter(isNamespace).map((resource) => [resource.name, resource.object])),
    definitions: definitionsIn(all.filter(isDefinition).map(({ object }) => object)),
    deployedParams: all
      .filter(({ apiVersion, kind }) => kinds.has(`${apiVersion} ${kind}`))
      .map(({ object, environments }) => paramOf(object, { environments, accepted })),
  };
}

/** The same as text: a stored result is used again only if it was made with the same facts. Namespaces are not part of it. */
export function textOf({ definitions, deployedParams }: Facts): string {
  return JSON.stringify(
    [[...definitions], deployedParams.map(({ object, deployed }) => [object, deployed])],
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

export function placeOf(resource: Resource, facts: Facts): Place {
  const { namespace, environments } = resource;
  return { ...facts, environments, ...(namespace !== undefined && { namespace }) };
}
