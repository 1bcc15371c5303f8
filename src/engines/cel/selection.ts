import { EvaluationError, Optional } from '@marcbachmann/cel-js';

/** `x.?y` of an object, or of one that is itself optional. */
export function optionalField(receiver: unknown, key: string): Optional<unknown> {
  if (!(receiver instanceof Optional)) return fieldOf(receiver, key);
  return receiver.hasValue() ? fieldOf(receiver.value(), key) : Optional.none();
}

export function hasField(receiver: unknown, key: string): boolean {
  if (receiver instanceof Optional) return optionalField(receiver, key).hasValue();
  return Object.hasOwn(requireFields(receiver, key), key);
}

export function fieldOf(value: unknown, key: string): Optional<unknown> {
  const object = requireFields(value, key);
  return Object.hasOwn(object, key) ? Optional.of<unknown>(Reflect.get(object, key)) : Optional.none();
}

function requireFields(value: unknown, key: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EvaluationError(
      `the field ${key} is asked of ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not of an object`,
    );
  }
  return value;
}
