import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Problem } from './problem.ts';
import { duplicateItem, invalidValue, missingField, unknownField, wrongType } from './problems.ts';
import { described, isInteger } from './scalars.ts';
import type { Structural } from './structural.ts';
import { canonical } from './value-checks.ts';

/** Fields of every object, which are validated as those of built-in kinds. */
const objectFields = ['apiVersion', 'kind', 'metadata'] as const;

/**
 * What the API server would refuse in a custom resource by the schema of its CustomResourceDefinition, except `metadata` and rules in CEL.
 * A null that the schema does not allow is the same as a missing field, and a missing field with a default is not missing.
 * @param hasStatus Whether `status` is a subresource: then that of a new object is dropped before it is validated.
 */
export function validateCustom(object: JsonObject, schema: Structural, hasStatus: boolean): readonly Problem[] {
  const walk = new Walk(hasStatus);
  walk.value(object, schema, { root: true });
  return walk.problems;
}

interface Place {
  readonly root?: boolean;
  /** Within allOf, anyOf, oneOf and not: these add conditions, and describe no fields. */
  readonly condition?: boolean;
}

class Walk {
  readonly problems: Problem[] = [];
  readonly #path: (string | number)[] = [];
  readonly #hasStatus: boolean;

  constructor(hasStatus: boolean) {
    this.#hasStatus = hasStatus;
  }

  value(value: JsonValue, schema: Structural, place: Place = {}): void {
    if (value === null && schema.nullable) return;
    const expected = wrongTypeFor(value, schema);
    if (expected !== undefined) {
      this.problems.push(wrongType(value, [...this.#path], expected, described(value)));
      return;
    }
    if (isObject(value)) this.#object(value, schema, place);
    else if (isArray(value)) this.#list(value, schema);
    for (const check of schema.checks) this.#invalid(check(value));
    this.#conditions(value, schema);
  }

  #object(object: JsonObject, schema: Structural, place: Place): void {
    const isResource = place.root === true || schema.embedded;
    for (const key of Object.keys(object)) {
      const value = object[key] ?? null;
      if (isResource && objectFields.some((field) => field === key)) continue;
      const field = schema.properties.get(key) ?? schema.additional;
      if (field === undefined) {
        if (!schema.preserve && place.condition !== true && (schema.type === 'object' || schema.properties.size > 0))
          this.problems.push(
            unknownField(object, [...this.#path, key], [...schema.properties.keys(), ...(isResource ? objectFields : [])]),
          );
      } else if (
        field !== 'any' &&
        (value !== null || field.nullable) &&
        !(place.root === true && key === 'status' && this.#hasStatus)
      )
        this.#step(key, value, field, { condition: place.condition === true });
    }
    for (const name of schema.required) {
      const field = schema.properties.get(name);
      const value = object[name];
      const isMissing = value === undefined || (value === null && field?.nullable !== true);
      if (isMissing && field?.hasDefault !== true && !(place.root === true && name === 'status' && this.#hasStatus))
        this.problems.push(missingField(name, [...this.#path]));
    }
    if (schema.embedded)
      for (const name of ['apiVersion', 'kind'] as const)
        if (typeof object[name] !== 'string' || object[name] === '') this.problems.push(missingField(name, [...this.#path]));
  }

  #list(list: readonly JsonValue[], schema: Structural): void {
    const { items, listKeys } = schema;
    const seen = new Set<string>();
    for (const [index, item] of list.entries()) {
      if (items !== undefined) this.#step(index, item, items, {});
      if (listKeys === undefined || (listKeys.length > 0 && !isObject(item))) continue;
      const key = isObject(item) && listKeys.length > 0 ? canonical(listKeys.map((name) => item[name] ?? null)) : canonical(item);
      if (seen.has(key)) this.problems.push(duplicateItem([...this.#path, index], listKeys));
      seen.add(key);
    }
  }

  #conditions(value: JsonValue, { allOf, anyOf, oneOf, not }: Structural): void {
    for (const one of allOf) this.value(value, one, { condition: true });
    if (anyOf.length > 0 && !anyOf.some((one) => this.#holds(value, one)))
      this.#invalid('a value that one of its `anyOf` schemas accepts');
    const accepted = oneOf.filter((one) => this.#holds(value, one)).length;
    if (oneOf.length > 0 && accepted !== 1)
      this.#invalid(`a value that exactly one of its \`oneOf\` schemas accepts, not ${accepted === 0 ? 'none' : accepted}`);
    if (not !== undefined && this.#holds(value, not)) this.#invalid('a value that its `not` schema does not accept');
  }

  #holds(value: JsonValue, schema: Structural): boolean {
    const walk = new Walk(this.#hasStatus);
    walk.value(value, schema, { condition: true });
    return walk.problems.length === 0;
  }

  #step(key: string | number, value: JsonValue, schema: Structural, place: Place): void {
    this.#path.push(key);
    this.value(value, schema, place);
    this.#path.pop();
  }

  #invalid(expected: string | undefined): void {
    if (expected !== undefined) this.problems.push(invalidValue([...this.#path], expected));
  }
}

const types: Readonly<Record<string, readonly [expected: string, is: (value: JsonValue) => boolean]>> = {
  object: ['a map', isObject],
  array: ['a list', isArray],
  string: ['a string', (value) => typeof value === 'string'],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  integer: ['an integer', isInteger],
  number: ['a number', (value) => typeof value === 'number' || typeof value === 'bigint'],
};

/** What is expected instead. */
function wrongTypeFor(value: JsonValue, { type, intOrString }: Structural): string | undefined {
  if (intOrString) return typeof value === 'string' || isInteger(value) ? undefined : 'a string or an integer';
  const known = type === undefined || !Object.hasOwn(types, type) ? undefined : types[type];
  return known === undefined || known[1](value) ? undefined : known[0];
}
