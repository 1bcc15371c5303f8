import type { FieldPath } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { mayBeMissing } from './optional.ts';
import type { Problem } from './problem.ts';
import { missingField, unknownField, wrongType } from './problems.ts';
import { described, type ScalarCheck } from './scalars.ts';

/** A definition that is ready to be used: names are resolved, and checks are functions. */
export type Type =
  | { readonly is: 'scalar'; readonly check: ScalarCheck }
  | { readonly is: 'list'; readonly items: () => Type }
  | { readonly is: 'map'; readonly values: () => Type }
  | { readonly is: 'union'; readonly or: readonly (() => Type)[] }
  | {
      readonly is: 'object';
      /** `core.v1.PodSpec`; empty for a part of another one. */
      readonly name: string;
      readonly fields: ReadonlyMap<string, () => Type>;
      readonly required: readonly string[];
    };
type ObjectType = Extract<Type, { is: 'object' }>;

/**
 * What the API server would refuse in an object of a built-in kind, decoding it with strict field validation (kubectl's default): unknown
 * fields, values of the wrong type, missing fields. `null` is the same as a missing field everywhere, and the API server overwrites `status`.
 * @param type The type of the whole object.
 */
export function validate(object: JsonObject, type: Type): readonly Problem[] {
  const walk = new Walk();
  walk.value(object, type);
  return walk.problems;
}

/** Walks a value with the path of where it is; the path is only copied for a problem. */
class Walk {
  readonly problems: Problem[] = [];
  readonly #path: (string | number)[] = [];

  value(value: JsonValue, type: Type): void {
    if (value === null) return;
    if (type.is === 'object') {
      if (isObject(value)) this.#object(value, type);
      else this.#wrong(value, 'a map');
    } else if (type.is === 'scalar') {
      const expected = type.check(value);
      if (expected !== undefined) this.#wrong(value, expected);
    } else if (type.is === 'list') {
      if (isArray(value)) this.#list(value, type.items());
      else this.#wrong(value, 'a list');
    } else if (type.is === 'map') {
      if (isObject(value)) this.#map(value, type.values());
      else this.#wrong(value, 'a map');
    } else this.#union(value, type.or);
  }

  #list(list: readonly JsonValue[], items: Type): void {
    for (let index = 0; index < list.length; index += 1) this.#step(index, list[index] ?? null, items);
  }

  #map(map: JsonObject, values: Type): void {
    for (const key of Object.keys(map)) this.#step(key, map[key] ?? null, values);
  }

  #object(object: JsonObject, type: ObjectType): void {
    for (const key of Object.keys(object)) {
      const field = type.fields.get(key);
      if (field === undefined) this.problems.push(unknownField(object, this.#at(key), [...type.fields.keys()]));
      else this.#step(key, object[key] ?? null, field());
    }
    // The API server does not read the status of a new object beyond decoding it.
    if (this.#path[0] === 'status') return;
    for (const name of type.required) {
      if ((object[name] ?? null) !== null || mayBeMissing(type.name, name)) continue;
      this.problems.push(missingField(name, [...this.#path]));
    }
  }

  #step(key: string | number, value: JsonValue, type: Type): void {
    this.#path.push(key);
    this.value(value, type);
    this.#path.pop();
  }

  #union(value: JsonValue, or: readonly (() => Type)[]): void {
    const fitting = or.map((option) => option()).find((option) => fits(value, option));
    if (fitting !== undefined) this.value(value, fitting);
    else this.#wrong(value, or.map((option) => wordFor(option())).join(' or '));
  }

  #wrong(value: JsonValue, expected: string): void {
    this.problems.push(wrongType(value, [...this.#path], expected, described(value)));
  }

  #at(key: string): FieldPath {
    return [...this.#path, key];
  }
}

function fits(value: JsonValue, type: Type): boolean {
  if (type.is === 'list') return isArray(value);
  if (type.is === 'scalar') return type.check(value) === undefined;
  return isObject(value);
}

function wordFor(type: Type): string {
  if (type.is === 'list') return 'a list';
  return type.is === 'scalar' ? 'true or false' : 'a map';
}
