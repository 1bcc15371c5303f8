import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import { CelMap } from './maps.ts';
import { Uint } from './uint.ts';

/** A value of a type that has functions only: an IP address, a quantity. */
export abstract class Opaque {
  /** As `type()` names it. */
  abstract readonly celType: string;
  abstract isEqual(other: unknown): boolean;
}

/** A type as a value: `type(1)`, `int`. */
export class TypeValue extends Opaque {
  readonly celType = 'type';
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  isEqual(other: unknown): boolean {
    return other instanceof TypeValue && other.name === this.name;
  }
}

/** The name of the type of a value, as in cel-go. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return nameOfObject(value);
  }
}

function nameOfObject(value: unknown): string {
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Opaque) return value.celType;
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Optional) return 'optional_type';
  return 'map';
}

export function isMap(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return value instanceof CelMap || value instanceof Map || Object.getPrototypeOf(value) === Object.prototype;
}

export function noOverload(name: string, ...values: readonly unknown[]): EvaluationError {
  return new EvaluationError(`no such overload: ${name}(${values.map(typeName).join(', ')})`);
}
