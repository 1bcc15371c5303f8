import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/**
 * cel-js counts in UTF-16 and changes the case of every letter; CEL's strings library counts code points and changes only ASCII:
 * https://github.com/google/cel-go/blob/master/ext/strings.go. rewrite() gives these their names.
 */
export function registerText(environment: Environment): void {
  const ascii = (pattern: RegExp, change: (letters: string) => string) => (text: string) => text.replaceAll(pattern, change);
  environment.registerFunction(
    'string.k8sLowerAscii(): string',
    ascii(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  );
  environment.registerFunction(
    'string.k8sUpperAscii(): string',
    ascii(/[a-z]+/g, (letters) => letters.toUpperCase()),
  );
  environment.registerFunction('string.charAt(int): string', (text: string, index: bigint) => {
    const points = [...text];
    return points[position(index, points)] ?? '';
  });
  environment.registerFunction('string.k8sSubstring(int): string', (text: string, start: bigint) => {
    const points = [...text];
    return points.slice(position(start, points)).join('');
  });
  environment.registerFunction('string.k8sSubstring(int, int): string', (text: string, start: bigint, end: bigint) => {
    const points = [...text];
    if (end < start) throw new EvaluationError('invalid substring range');
    return points.slice(position(start, points), position(end, points)).join('');
  });
  environment.registerFunction('string.k8sIndexOf(string): int', (text: string, part: string) => indexOf(text, part, 0n));
  environment.registerFunction('string.k8sIndexOf(string, int): int', indexOf);
  environment.registerFunction('string.k8sLastIndexOf(string): int', (text: string, part: string) =>
    part !== '' && text.length < part.length ? -1n : lastIndexOf(text, part, undefined),
  );
  environment.registerFunction('string.k8sLastIndexOf(string, int): int', lastIndexOf);
  environment.registerFunction('string.k8sSplit(string): list<string>', (text: string, by: string) => split(text, by, -1n));
  environment.registerFunction('string.k8sSplit(string, int): list<string>', split);
  for (const type of ['string', 'bool', 'int', 'uint'])
    environment.registerFunction(`k8sString(${type}): string`, (value: unknown) => String(value));
  environment.registerFunction('k8sString(bytes): string', (value: Uint8Array) => new TextDecoder().decode(value));
  environment.registerFunction('k8sString(double): string', doubleText);
  environment.registerFunction('k8sDouble(double): double', (value: number) => value);
  environment.registerFunction('k8sDouble(int): double', (value: bigint) => Number(value));
  environment.registerFunction('k8sDouble(uint): double', (value: { valueOf(): bigint }) => Number(value.valueOf()));
  environment.registerFunction('k8sDouble(string): double', double);
}

/** 0 to the length, both allowed */
function position(index: bigint, points: readonly string[]): number {
  if (index < 0n || index > BigInt(points.length)) throw new EvaluationError('index out of range');
  return Number(index);
}

function startsAt(points: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => points[at + index] === point);
}

function indexOf(text: string, part: string, from: bigint): bigint {
  if (from < 0n) throw new EvaluationError('index out of range');
  const points = [...text];
  const wanted = [...part];
  if (part === '') return from > BigInt(points.length) ? BigInt(points.length) : from;
  for (let at = Number(from); at + wanted.length <= points.length; at += 1) if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

/** `from` undefined: the end */
function lastIndexOf(text: string, part: string, from: bigint | undefined): bigint {
  const points = [...text];
  const wanted = [...part];
  if (part === '') return from === undefined || from > BigInt(points.length) ? BigInt(points.length) : from;
  const offset = from ?? BigInt(points.length - 1);
  if (offset < 0n) throw new EvaluationError('index out of range');
  if (offset >= BigInt(points.length)) return -1n;
  for (let at = Math.min(Number(offset), points.length - wanted.length); at >= 0; at -= 1)
    if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

function split(text: string, by: string, limit: bigint): readonly string[] {
  const parts = by === '' ? [...text] : text.split(by);
  if (limit === 0n) return [];
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(by)];
}

/** Decimal only: JavaScript also reads "0x10" and "0b1". */
function double(text: string): number {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text)))
    throw new EvaluationError(`double() of ${JSON.stringify(text)}, which is no number`);
  return Number(text);
}

/** As Go's %g: with an exponent of at least two digits below 1e-4 and from 1e6 on. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
