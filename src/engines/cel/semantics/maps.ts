import { EvaluationError } from '@marcbachmann/cel-js';
import { Uint } from './uint.ts';

/** What finds a key: numbers of all types are the same key if they are equal. */
function normalize(key: unknown): unknown {
  if (key instanceof Uint) return key.valueOf();
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

/** A map with keys that are not all strings; others are plain objects. */
export class CelMap extends Map<unknown, unknown> {
  readonly #keys = new Map<unknown, unknown>();

  override set(key: unknown, value: unknown): this {
    this.#keys.set(normalize(key), key);
    return super.set(normalize(key), value);
  }

  override has(key: unknown): boolean {
    return super.has(normalize(key));
  }
  override get(key: unknown): unknown {
    return super.get(normalize(key));
  }
  override keys(): MapIterator<unknown> {
    return this.#keys.values();
  }
}
/** cel-js recognizes a map by its constructor. */
Object.defineProperty(CelMap.prototype, 'constructor', { value: Map });

/** The last value of a repeated key counts. Throws if a key is of a type that it cannot have. */
export function mapFrom(entries: readonly (readonly [key: unknown, value: unknown])[]): object {
  if (entries.every(([key]) => typeof key === 'string' && key !== '__proto__')) return Object.fromEntries(entries);
  const map = new CelMap();
  for (const [key, value] of entries) {
    if (typeof key === 'object' && key !== null && !(key instanceof Uint))
      throw new EvaluationError('unsupported type of a key in a map');
    map.set(key, value);
  }
  return map;
}

/** The same for a macro that inserts one key after the other. Throws if one is there twice. */
export function mapOfDistinct(entries: readonly (readonly [key: unknown, value: unknown])[]): object {
  const map = mapFrom(entries);
  if (keysOf(map).length < entries.length) throw new EvaluationError('insert failed: a key already exists');
  return map;
}

/** undefined if the key is absent: no value of CEL is undefined. */
export function valueAt(map: object, key: unknown): unknown {
  if (map instanceof Map) return map.get(key);
  return typeof key === 'string' && Object.hasOwn(map, key) ? Reflect.get(map, key) : undefined;
}

export function keysOf(map: object): readonly unknown[] {
  return map instanceof Map ? [...map.keys()] : Object.keys(map);
}
