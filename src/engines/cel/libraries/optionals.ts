import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import { keysOf } from '../semantics/maps.ts';
import { Instant, Span } from '../semantics/time.ts';
import { Uint } from '../semantics/uint.ts';
import { isMap } from '../semantics/values.ts';
import type { Library } from './library.ts';

type Maybe = Optional<unknown>;

/** `or` and `orValue` are in macros/optional.ts, since they evaluate their argument only if it is needed. */
export const optionalLibrary: Library = {
  optional_of: (value: unknown) => Optional.of(value),
  optional_none: () => Optional.none(),
  optional_ofNonZeroValue: (value: unknown) => (isZero(value) ? Optional.none() : Optional.of(value)),
  optional_hasValue: (value: Maybe) => value.hasValue(),
  optional_value: (value: Maybe) => {
    if (!value.hasValue()) throw new EvaluationError('optional.none() dereference');
    return value.value();
  },
  optional_unwrap: unwrap,
  optional_unwrapOpt: unwrap,
};

function unwrap(list: readonly unknown[]): readonly unknown[] {
  return list.flatMap((item) => {
    if (!(item instanceof Optional)) throw new EvaluationError('a value in the list is not optional');
    return item.hasValue() ? [item.value()] : [];
  });
}

function isZero(value: unknown): boolean {
  if (value === null || value === '' || value === 0 || value === 0n || value === false) return true;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Uint) return value.valueOf() === 0n;
  if (value instanceof Span) return value.nanos === 0n;
  // Go's zero time is the first second of the year 1.
  if (value instanceof Instant) return value.nanos === -62_135_596_800_000_000_000n;
  if (value instanceof Optional) return !value.hasValue();
  return isMap(value) && keysOf(value).length === 0;
}
