import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/** A Kubernetes quantity, exact: in billionths, which is what Kubernetes keeps too. */
export class Quantity {
  readonly nano: bigint;
  readonly amount: Amount | undefined;
  constructor(nano: bigint, amount?: Amount) {
    this.nano = nano;
    this.amount = amount;
  }
}

/**
 * value * 10^scale, as Kubernetes keeps a quantity that is short enough; it is integral only as this says, so that "1.0" and "1.5Gi" are
 * not: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go (ParseQuantity, AsInt64)
 */
interface Amount {
  readonly value: bigint;
  readonly scale: number;
}

const unit = 1_000_000_000n;
const decimal: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': unit,
  k: unit * 10n ** 3n,
  M: unit * 10n ** 6n,
  G: unit * 10n ** 9n,
  T: unit * 10n ** 12n,
  P: unit * 10n ** 15n,
  E: unit * 10n ** 18n,
};
const binary: Readonly<Record<string, bigint>> = {
  Ki: unit << 10n,
  Mi: unit << 20n,
  Gi: unit << 30n,
  Ti: unit << 40n,
  Pi: unit << 50n,
  Ei: unit << 60n,
};

export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/.exec(text);
  // No digits at all are zero to Kubernetes: "Mi", "." and "+" are quantities, only the empty text is none.
  if (match === null || text === '') return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  const power = exponent === undefined ? 0 : Number(exponent);
  const factor = (decimal[suffix] ?? binary[suffix] ?? unit) * 10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(fraction.length + Math.max(-power, 0));
  const scaled = BigInt(`0${whole}${fraction}`) * factor;
  // What is finer than a billionth is rounded up, away from zero.
  const nano = (scaled + divisor - 1n) / divisor;
  const amount = amountOf(whole, fraction, suffix, power);
  const bounded = suffix.endsWith('i') && nano > maxBinary ? maxBinary : nano;
  return sign === '-' ? negative(new Quantity(bounded, amount)) : new Quantity(bounded, amount);
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
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is no quantity`);
  return parsed;
}

function asInteger({ amount }: Quantity): bigint | undefined {
  return amount === undefined || amount.scale < 0 ? undefined : scaledBy(amount.value, amount.scale);
}

export function registerQuantity(environment: Environment): void {
  environment.registerType('Quantity', { ctor: Quantity, fields: {} });
  environment.registerFunction('quantity(string): Quantity', quantity);
  environment.registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined);
  environment.registerFunction('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) =>
    a.nano < b.nano ? -1n : a.nano > b.nano ? 1n : 0n,
  );
  environment.registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano > b.nano);
  environment.registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano < b.nano);
  // A function, not a method: https://github.com/kubernetes/apiserver/blob/master/pkg/cel/library/quantity.go
  environment.registerFunction('sign(Quantity): int', (a: Quantity) => (a.nano < 0n ? -1n : a.nano > 0n ? 1n : 0n));
  environment.registerFunction('Quantity.isInteger(): bool', (a: Quantity) => asInteger(a) !== undefined);
  environment.registerFunction('Quantity.asInteger(): int', (a: Quantity) => {
    const integer = asInteger(a);
    if (integer === undefined) throw new EvaluationError('the quantity is no integer');
    return integer;
  });
  environment.registerFunction('Quantity.asApproximateFloat(): double', (a: Quantity) => Number(a.nano) / Number(unit));
  environment.registerFunction('Quantity.add(Quantity): Quantity', sum);
  environment.registerFunction('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => sum(a, integerOf(b)));
  environment.registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => sum(a, negative(b)));
  environment.registerFunction('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => sum(a, integerOf(-b)));
  environment.registerOperator('Quantity == Quantity', (a: Quantity, b: Quantity) => a.nano === b.nano);
}
