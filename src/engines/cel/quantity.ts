import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/** A Kubernetes quantity, exact: in billionths, which is what Kubernetes keeps too. */
export class Quantity {
  readonly nano: bigint;
  constructor(nano: bigint) {
    this.nano = nano;
  }
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
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const power = exponent === undefined ? 0 : Number(exponent);
  const factor = (decimal[suffix] ?? binary[suffix] ?? unit) * 10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(fraction.length + Math.max(-power, 0));
  const scaled = BigInt(`${whole}${fraction}`) * factor;
  // What is finer than a billionth is rounded up, away from zero.
  const nano = (scaled + divisor - 1n) / divisor;
  return new Quantity(sign === '-' ? -nano : nano);
}

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is no quantity`);
  return parsed;
}

function isInteger({ nano }: Quantity): boolean {
  return nano % unit === 0n && nano / unit < 2n ** 63n && nano / unit >= -(2n ** 63n);
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
  environment.registerFunction('Quantity.sign(): int', (a: Quantity) => (a.nano < 0n ? -1n : a.nano > 0n ? 1n : 0n));
  environment.registerFunction('Quantity.isInteger(): bool', isInteger);
  environment.registerFunction('Quantity.asInteger(): int', (a: Quantity) => {
    if (!isInteger(a)) throw new EvaluationError('the quantity is no integer');
    return a.nano / unit;
  });
  environment.registerFunction('Quantity.asApproximateFloat(): double', (a: Quantity) => Number(a.nano) / Number(unit));
  environment.registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nano + b.nano));
  environment.registerFunction('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nano + b * unit));
  environment.registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nano - b.nano));
  environment.registerFunction('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nano - b * unit));
  environment.registerOperator('Quantity == Quantity', (a: Quantity, b: Quantity) => a.nano === b.nano);
}
