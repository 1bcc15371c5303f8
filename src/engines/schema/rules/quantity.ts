import type { Field } from './field.ts';

/** A quantity of Kubernetes in billionths, the smallest that one can express; and whether its suffix is binary (Ki, Mi). */
export interface Quantity {
  readonly nanos: bigint;
  readonly isBinary: boolean;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?\d{1,3})?$/;
const decimals: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaries = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const one = 1_000_000_000n;

/** k8s.io/apimachinery/pkg/api/resource: undefined if it is not a quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const power = binaries.indexOf(suffix) + 1;
  const exponent = power > 0 ? 0 : (decimals[suffix] ?? Number(suffix.slice(1) || '0'));
  const digits = BigInt(whole + fraction) * 1024n ** BigInt(power);
  const scale = exponent + 9 - fraction.length;
  const magnitude = scale >= 0 ? digits * 10n ** BigInt(scale) : roundUp(digits, 10n ** BigInt(-scale));
  return { nanos: sign === '-' ? -magnitude : magnitude, isBinary: power > 0 };
}

function roundUp(value: bigint, unit: bigint): bigint {
  return value / unit + (value % unit > 0n ? 1n : 0n);
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

export const isWhole = ({ nanos }: Quantity) => nanos % one === 0n;

/** In the unit of the quantity, rounded up. */
export const unitsOf = ({ nanos }: Quantity) => (nanos < 0n ? nanos / one : roundUp(nanos, one));

/** Whether it is 1, or a power of 1000 or 1024 by its suffix. */
export function isUnit({ nanos, isBinary }: Quantity): boolean {
  const base = isBinary ? 1024n : 1000n;
  for (let unit = one, power = 0; power <= 6; unit *= base, power += 1) if (nanos === unit) return true;
  return false;
}
