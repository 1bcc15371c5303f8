/** A quantity of Kubernetes: k8s.io/apimachinery/pkg/api/resource. */
export interface ParsedQuantity {
  /** In billionths, the smallest that one can express. Digits below are rounded up, away from zero. */
  readonly nanos: bigint;
  readonly isNegative: boolean;
  /** Its digits as written, both empty in `Mi`, which Kubernetes reads as zero. */
  readonly whole: string;
  readonly fraction: string;
  /** `m`, `Ki`; empty for a number, and for one with an exponent. */
  readonly suffix: string;
  readonly exponent: number;
}

/** One in billionths. */
export const unit = 1_000_000_000n;
const decimals: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaries = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Undefined if it is not a quantity. */
export function parseQuantity(text: string): ParsedQuantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null || text === '') return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', written] = match;
  const exponent = Number(written ?? 0);
  const digits = BigInt(`0${whole}${fraction}`) * 1024n ** BigInt(binaries.indexOf(suffix) + 1);
  const scale = 9 + (decimals[suffix] ?? 0) + exponent - fraction.length;
  const nanos = scale >= 0 ? digits * 10n ** BigInt(scale) : roundUp(digits, 10n ** BigInt(-scale));
  const isNegative = sign === '-';
  return { nanos: isNegative ? -nanos : nanos, isNegative, whole, fraction, suffix, exponent };
}

export function roundUp(value: bigint, to: bigint): bigint {
  return value / to + (value % to > 0n ? 1n : 0n);
}
