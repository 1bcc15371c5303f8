import { parseQuantity as parse, roundUp, unit } from '../../quantity.ts';
import type { Field } from './field.ts';

/** A quantity of Kubernetes in billionths, the smallest that one can express; and whether its suffix is binary (Ki, Mi). */
export interface Quantity {
  readonly nanos: bigint;
  readonly isBinary: boolean;
}

/** Undefined if it is not a quantity, or has no digits. */
export function parseQuantity(text: string): Quantity | undefined {
  const parsed = parse(text);
  if (parsed === undefined || parsed.whole + parsed.fraction === '') return undefined;
  return { nanos: parsed.nanos, isBinary: parsed.suffix.endsWith('i') };
}

/** The quantity of a field, which may be a number; undefined if there is none, or no valid one. */
export function quantityOf({ value }: Field): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return parseQuantity(String(value));
}

/** For a resource list, which the API server rounds up to thousandths; null is zero there. */
export function resourceOf(field: Field): Quantity | undefined {
  const quantity = field.value === null ? { nanos: 0n, isBinary: false } : quantityOf(field);
  if (quantity === undefined || quantity.nanos < 0n) return quantity;
  return { ...quantity, nanos: roundUp(quantity.nanos, 1_000_000n) * 1_000_000n };
}

export const isWhole = ({ nanos }: Quantity) => nanos % unit === 0n;

/** In the unit of the quantity, rounded up. */
export const unitsOf = ({ nanos }: Quantity) => (nanos < 0n ? nanos / unit : roundUp(nanos, unit));

/** Whether it is 1, or a power of 1000 or 1024 by its suffix. */
export function isUnit({ nanos, isBinary }: Quantity): boolean {
  const base = isBinary ? 1024n : 1000n;
  for (let size = unit, power = 0; power <= 6; size *= base, power += 1) if (nanos === size) return true;
  return false;
}
