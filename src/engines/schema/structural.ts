import { textsIn } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type ValueCheck, valueChecks } from './value-checks.ts';

/** A schema of a CustomResourceDefinition that is ready to be used. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export interface Structural {
  /** Absent: any type, or that of `intOrString`. */
  readonly type: string | undefined;
  readonly intOrString: boolean;
  readonly nullable: boolean;
  /** x-kubernetes-preserve-unknown-fields */
  readonly preserve: boolean;
  /** x-kubernetes-embedded-resource */
  readonly embedded: boolean;
  readonly hasDefault: boolean;
  readonly properties: ReadonlyMap<string, Structural>;
  /** Of all keys that have no property. */
  readonly additional: Structural | 'any' | undefined;
  readonly items: Structural | undefined;
  readonly required: readonly string[];
  /** Items of a list must differ in these fields; empty: in themselves. Absent: they may be equal. */
  readonly listKeys: readonly string[] | undefined;
  readonly checks: readonly ValueCheck[];
  readonly allOf: readonly Structural[];
  readonly anyOf: readonly Structural[];
  readonly oneOf: readonly Structural[];
  readonly not: Structural | undefined;
}

/** In the gaps of a schema that has rules in CEL, which are evaluated after it. */
export const celRules = 'x-kubernetes-validations';

/** What was not understood of a schema, which makes it accept more than the API server: a gap. */
export type Gaps = Set<string>;

/** Never throws: the schema itself is validated as a part of its CustomResourceDefinition. */
export function structuralOf(schema: JsonObject, gaps: Gaps): Structural {
  const { properties, additionalProperties, items, required, not } = schema;
  if (isArray(schema['x-kubernetes-validations'])) gaps.add(celRules);
  const child = (value: JsonValue | undefined) => (isObject(value) ? structuralOf(value, gaps) : undefined);
  const children = (value: JsonValue | undefined) => (isArray(value) ? value.flatMap((one) => child(one) ?? []) : []);
  const additional = isObject(additionalProperties) ? child(additionalProperties) : undefined;
  return {
    type: typeof schema.type === 'string' && schema.type !== '' ? schema.type : undefined,
    intOrString: schema['x-kubernetes-int-or-string'] === true,
    nullable: schema.nullable === true,
    preserve: schema['x-kubernetes-preserve-unknown-fields'] === true,
    embedded: schema['x-kubernetes-embedded-resource'] === true,
    hasDefault: (schema.default ?? null) !== null,
    properties: new Map(
      Object.entries(isObject(properties) ? properties : {}).flatMap(([name, value]) => {
        const property = child(value);
        return property === undefined ? [] : [[name, property] as const];
      }),
    ),
    additional: additional ?? (additionalProperties === true ? 'any' : undefined),
    items: child(items),
    required: textsIn(required),
    listKeys: listKeysOf(schema),
    checks: valueChecks(schema, gaps),
    ...{ allOf: children(schema.allOf), anyOf: children(schema.anyOf), oneOf: children(schema.oneOf) },
    not: child(not),
  };
}

function listKeysOf(schema: JsonObject): readonly string[] | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return [];
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const keys = textsIn(schema['x-kubernetes-list-map-keys']);
  return keys.length === 0 ? undefined : keys;
}
