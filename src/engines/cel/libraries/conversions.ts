import { EvaluationError } from '@marcbachmann/cel-js';
import type { Library } from './library.ts';

/** cel-js' own type of uint: it is not exported as a class with this method. */
interface UnsignedInt {
  valueOf(): bigint;
}

/** `int()`, `double()` and `string()`: cel-js takes `int("")` for 0 and reads JavaScript's number formats. */
export const conversions: Library = {
  functions: {
    'k8sInt(int): int': (value: bigint) => value,
    'k8sInt(uint): int': (value: UnsignedInt) => int64(value.valueOf()),
    'k8sInt(double): int': (value: number) => {
      if (!Number.isFinite(value)) throw new EvaluationError('int() of a number that is not finite');
      return int64(BigInt(Math.trunc(value)));
    },
    'k8sInt(string): int': (text: string) => {
      if (!/^[+-]?\d{1,20}$/.test(text)) throw new EvaluationError(`int() of ${JSON.stringify(text)}, which is not an integer`);
      return int64(BigInt(text.replace(/^\+/, '')));
    },
    'k8sDouble(double): double': (value: number) => value,
    'k8sDouble(int): double': (value: bigint) => Number(value),
    'k8sDouble(uint): double': (value: UnsignedInt) => Number(value.valueOf()),
    'k8sDouble(string): double': double,
    'k8sString(string): string': string,
    'k8sString(bool): string': string,
    'k8sString(int): string': string,
    'k8sString(uint): string': string,
    'k8sString(bytes): string': (value: Uint8Array) => new TextDecoder().decode(value),
    'k8sString(double): string': textOfDouble,
  },
};

function string(value: unknown): string {
  return String(value);
}

function int64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('int() of a number that is too large');
  return value;
}

/** Decimal only: JavaScript also reads "0x10" and "0b1". */
function double(text: string): number {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text)))
    throw new EvaluationError(`double() of ${JSON.stringify(text)}, which is not a number`);
  return Number(text);
}

/** As Go's %g: with an exponent of at least two digits below 1e-4 and from 1e6 on. */
function textOfDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
