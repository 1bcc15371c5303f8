import { EvaluationError } from '@marcbachmann/cel-js';
import { parseQuantity as parse, unit } from '../../quantity.ts';
import { Opaque } from '../semantics/values.ts';
import type { Library } from './library.ts';

/** A Kubernetes quantity, exact: in billionths, like in Kubernetes. */
export class Quantity extends Opaque {
  readonly celType = 'kubernetes.Quantity';
  readonly nano: bigint;
  readonly amount: Amount | undefined;
  constructor(nano: bigint, amount?: Amount) {
    super();
    this.nano = nano;
    this.amount = amount;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Quantity && other.nano === this.nano;
  }
}

/**
 * value * 10^scale, in which Kubernetes keeps a quantity that is short enough. Only this decides whether it is an integer: "1.0" and "1.5Gi"
 * are not: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go (ParseQuantity, AsInt64)
 */
interface Amount {
  readonly value: bigint;
  readonly scale: number;
}

export function parseQuantity(text: string): Quantity | undefined {
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const { nanos, isNegative, whole, fraction, suffix, exponent } = parsed;
  const size = isNegative ? -nanos : nanos;
  const found = new Quantity(
    suffix.endsWith('i') && size > maxBinary ? maxBinary : size,
    amountOf(whole, fraction, suffix, exponent),
  );
  return isNegative ? negative(found) : found;
}

/** The cap of Kubernetes on a binary quantity. */
const maxBinary = (2n ** 63n - 1n) * unit;
const decimalDigits = 18;
const binaryDigits = 14;

function amountOf(whole: string, fraction: string, suffix: string, power: number): Amount | undefined {
  const digits = whole.replace(/^0+/, '') || '0';
  if (suffix.endsWith('i')) {
    const bits = 10 * (1 + 'KMGTPE'.indexOf(suffix.charAt(0)));
    if (fraction !== '' || digits.length + Math.trunc((bits * 3) / 10) > binaryDigits) return undefined;
    return within({ value: BigInt(digits) << BigInt(bits), scale: 0 });
  }
  const exponent = suffix === '' ? power : 3 * ('num kMGTPE'.indexOf(suffix) - 3);
  const scale = exponent - fraction.length;
  if (digits.length + fraction.length > decimalDigits || scale < -9) return undefined;
  return { value: BigInt(digits + fraction), scale };
}

function within(amount: Amount): Amount | undefined {
  return BigInt.asIntN(64, amount.value) === amount.value ? amount : undefined;
}

function scaledBy(value: bigint, scale: number): bigint | undefined {
  return scale > decimalDigits ? undefined : within({ value: value * 10n ** BigInt(scale), scale: 0 })?.value;
}

function negative({ nano, amount }: Quantity): Quantity {
  return new Quantity(-nano, amount && { value: -amount.value, scale: amount.scale });
}

function integerOf(value: bigint): Quantity {
  return new Quantity(value * unit, { value, scale: 0 });
}

function sum(a: Quantity, b: Quantity): Quantity {
  return new Quantity(a.nano + b.nano, a.amount && b.amount && sumOf(a.amount, b.amount));
}

function sumOf(a: Amount, b: Amount): Amount | undefined {
  if (b.value === 0n) return a;
  if (a.value === 0n) return b;
  const scale = Math.min(a.scale, b.scale);
  const left = scaledBy(a.value, a.scale - scale);
  const right = scaledBy(b.value, b.scale - scale);
  return left === undefined || right === undefined ? undefined : within({ value: left + right, scale });
}

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is not a quantity`);
  return parsed;
}

function compare(a: bigint, b: bigint): bigint {
  if (a === b) return 0n;
  return a < b ? -1n : 1n;
}

function integerIn({ amount }: Quantity): bigint | undefined {
  return amount === undefined || amount.scale < 0 ? undefined : scaledBy(amount.value, amount.scale);
}

function asInteger(value: Quantity): bigint {
  const integer = integerIn(value);
  if (integer === undefined) throw new EvaluationError('the quantity is not an integer');
  return integer;
}

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** As an API server writes a quantity that it has read (`0.5` -> `500m`); a text that is not a quantity is kept. */
export function canonicalQuantity(text: string): string {
  const nano = parseQuantity(text)?.nano;
  if (nano === undefined) return text;
  if (nano === 0n) return '0';
  const size = nano < 0n ? -nano : nano;
  if (text.endsWith('i') && size >= 1_024n * unit) {
    const whole = size / unit + (size % unit > 0n ? 1n : 0n);
    return (nano < 0n ? '-' : '') + reduced(whole, 1_024n, binarySuffixes);
  }
  const exponents = decimalSuffixes.map((_, index) => (index === 3 ? '' : `e${(index - 3) * 3}`));
  return reduced(nano, 1_000n, /[eE]-?\+?\d+$/.test(text) ? exponents : decimalSuffixes);
}

function reduced(value: bigint, base: bigint, suffixes: readonly string[]): string {
  const [suffix = '', ...larger] = suffixes;
  return larger.length > 0 && value % base === 0n ? reduced(value / base, base, larger) : `${value}${suffix}`;
}

export const quantityLibrary: Library = {
  string_to_quantity: quantity,
  is_quantity_string: (text: string) => parseQuantity(text) !== undefined,
  quantity_compare_to: (a: Quantity, b: Quantity) => compare(a.nano, b.nano),
  quantity_is_greater_than: (a: Quantity, b: Quantity) => a.nano > b.nano,
  quantity_is_less_than: (a: Quantity, b: Quantity) => a.nano < b.nano,
  quantity_sign: (a: Quantity) => compare(a.nano, 0n),
  quantity_is_integer: (a: Quantity) => integerIn(a) !== undefined,
  quantity_get_int: asInteger,
  quantity_get_float: (a: Quantity) => Number(a.nano) / Number(unit),
  quantity_add: sum,
  quantity_add_int: (a: Quantity, b: bigint) => sum(a, integerOf(b)),
  quantity_sub: (a: Quantity, b: Quantity) => sum(a, negative(b)),
  quantity_sub_int: (a: Quantity, b: bigint) => sum(a, integerOf(-b)),
};
