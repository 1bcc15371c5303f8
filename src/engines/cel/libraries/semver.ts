import { EvaluationError } from '@marcbachmann/cel-js';
import { Opaque } from '../semantics/values.ts';
import type { Library } from './library.ts';

/** A version of semver.org. Build metadata is not compared. */
export class Semver extends Opaque {
  readonly celType = 'kubernetes.Semver';
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
  constructor(numbers: readonly [bigint, bigint, bigint], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Semver && compare(this, other) === 0;
  }
}

const number = '(0|[1-9]\\d*)';
const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*)';
const pattern = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*)?$`,
);

function parse(text: string): Semver | undefined {
  const [, major, minor, patch, pre] = pattern.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const;
  const all = [...numbers, ...(pre ?? '').split('.').flatMap((part) => (/^\d+$/.test(part) ? [BigInt(part)] : []))];
  return all.some((part) => part >= 2n ** 64n) ? undefined : new Semver(numbers, pre === undefined ? [] : pre.split('.'));
}

/** `v1.02` -> `1.2.0`: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/cel/library/semverlib.go (normalizeAndParse) */
function normalized(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])].map(
    withoutZeros,
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) return '';
  return [...parts, '0', '0'].slice(0, 3).join('.');
}

function withoutZeros(part: string): string {
  if (part.length < 2) return part;
  const short = part.replace(/^0+/, '');
  return /^\d/.test(short) ? short : `0${short}`;
}

function compare(one: Semver, other: Semver): number {
  for (const [index, left] of one.numbers.entries()) {
    const right = other.numbers[index] ?? 0n;
    if (left !== right) return left < right ? -1 : 1;
  }
  if (one.pre.length === 0 || other.pre.length === 0) return Math.sign(other.pre.length - one.pre.length);
  for (const [index, left] of one.pre.entries()) {
    const right = other.pre[index];
    if (right === undefined) return 1;
    if (left !== right) return comparePart(left, right);
  }
  return one.pre.length < other.pre.length ? -1 : 0;
}

function comparePart(left: string, right: string): number {
  const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (leftNumber && rightNumber) return BigInt(left) < BigInt(right) ? -1 : 1;
  if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
  return left < right ? -1 : 1;
}

function semver(text: string, normalize = false): Semver {
  const found = parse(normalize ? normalized(text) : text);
  if (found === undefined) throw new EvaluationError(`${JSON.stringify(text)} is not a semantic version`);
  return found;
}

function isSemver(text: string, normalize = false): boolean {
  return parse(normalize ? normalized(text) : text) !== undefined;
}

export const semverLibrary: Library = {
  string_to_semver: (text: string) => semver(text),
  string_bool_to_semver: semver,
  is_semver_string: (text: string) => isSemver(text),
  is_semver_string_bool: isSemver,
  semver_major: ({ numbers }: Semver) => BigInt.asIntN(64, numbers[0]),
  semver_minor: ({ numbers }: Semver) => BigInt.asIntN(64, numbers[1]),
  semver_patch: ({ numbers }: Semver) => BigInt.asIntN(64, numbers[2]),
  semver_compare_to: (one: Semver, other: Semver) => BigInt(compare(one, other)),
  semver_is_less_than: (one: Semver, other: Semver) => compare(one, other) < 0,
  semver_is_greater_than: (one: Semver, other: Semver) => compare(one, other) > 0,
};
