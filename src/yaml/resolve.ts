import type { Scalar, ScalarTag, Tags } from 'yaml';
import type { JsonValue } from '../model/json.ts';

/** What go-yaml makes of a scalar, before it becomes JSON. `refused`: what Kubernetes' reader refuses too, or what has no JSON. */
export type Resolved = Value | { readonly refused: string };
type Value = null | boolean | number | bigint | string;

const prefix = 'tag:yaml.org,2002:';
const known = ['str', 'bool', 'int', 'float', 'null', 'binary'].map((name) => `${prefix}${name}`);

/**
 * The parser resolves nothing on its own: each scalar keeps its text, and `resolveScalar` decides. A tag that is not in this list is unknown
 * to the parser, which is a refusal.
 */
export function textTags(): Tags {
  return ['map', 'seq', ...known.map((tag): ScalarTag => ({ tag, default: false, identify: () => false, resolve: String }))];
}

/** A port of `resolve` of go.yaml.in/yaml/v2, the parser below sigs.k8s.io/yaml; compared with it in test/oracle. */
export function resolveScalar(node: Scalar): Resolved {
  const text = node.source ?? String(node.value);
  const tag = node.tag?.startsWith(prefix) === true ? node.tag.slice(prefix.length) : node.tag;
  if (tag === undefined) return node.type === 'PLAIN' ? resolvePlain(text) : text;
  if (tag === '!') return { refused: 'the tag ! is read differently by different tools' };
  // `[!!str, a]`: to go-yaml the comma is part of the tag, and `a` its value.
  if (text === '' && node.type === 'PLAIN') return { refused: 'a tag without a value is read differently by different tools' };
  if (tag === 'str') return text;
  if (tag === 'binary') return binary(text);
  const value = resolvePlain(text);
  const type = typeOf(value);
  if (type === tag) return value;
  if (tag === 'float' && type === 'int') return Number(value);
  return { refused: `the value does not fit its tag !!${tag}` };
}

function typeOf(value: Resolved): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  return typeof value === 'bigint' ? 'int' : 'float';
}

const words = new Map<string, Resolved>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF'].map(
    (word) => [word, { refused: 'JSON has no infinite or not-a-number value' }] as const,
  ),
]);

const styleFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Go takes underscores between digits here. */
const dotFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

export function resolvePlain(text: string): Resolved {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text[0] ?? '';
  if (first === '.') return dotFloat.test(text) ? float(text.replaceAll('_', ''), text) : text;
  if (!/[-+0-9]/.test(first)) return text;
  const digits = text.replaceAll('_', '');
  return integerOf(digits) ?? (styleFloat.test(digits) ? float(digits, text) : text);
}

/** Go reports what is larger than a double as an error, and go-yaml then takes the text. */
function float(digits: string, text: string): number | string {
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}

/** Go's strconv.ParseInt and ParseUint with base 0, and go-yaml's own reading of `0b`. */
const integer = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

function integerOf(text: string): bigint | undefined {
  const match = integer.exec(text);
  if (match === null) return undefined;
  const [, sign = '', prefixed, octal, decimal] = match;
  const magnitude = BigInt(prefixed ?? (octal === undefined ? (decimal ?? '0') : `0o${octal}`));
  const value = sign === '-' ? -magnitude : magnitude;
  const limit = sign === '' ? 2n ** 64n : 2n ** 63n;
  return value < limit && value >= -(2n ** 63n) ? value : undefined;
}

/** Go's decoder skips line breaks and accepts nothing else that is not base64; bytes that are not UTF-8 would be replaced. */
function binary(text: string): Resolved {
  const data = text.replace(/[\r\n]/g, '');
  const isBase64 = data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
  const bytes = Buffer.from(data, 'base64');
  const value = bytes.toString('utf8');
  return isBase64 && Buffer.from(value).equals(bytes) ? value : { refused: 'the value of !!binary is not base64 of a text' };
}

/** A key as sigs.k8s.io/yaml writes it: `yes:` is "true", `010:` is "8", `1e6:` is "1e+06". */
export function keyText(value: Resolved): string | undefined {
  if (value === null || (typeof value === 'object' && 'refused' in value)) return undefined;
  return typeof value === 'number' ? goFloat(value) : String(value);
}

/** strconv.FormatFloat(value, 'g', -1, 32): the shortest text that gives the same 32-bit float. */
function goFloat(value: number): string | undefined {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return undefined;
  if (single === 0) return Object.is(value, -0) ? '-0' : '0';
  const precision = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((digits) => Math.fround(Number(single.toPrecision(digits))) === single) ?? 9;
  const [mantissa = '', exponent = ''] = single.toExponential(precision - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(single.toPrecision(precision)));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Integers of 64 bits stay exact; what is larger becomes a double, as in Kubernetes. */
export function jsonOf(value: Value): JsonValue {
  if (typeof value === 'number') {
    const isLong = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63;
    return isLong ? BigInt(value) : value;
  }
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) || value < -(2n ** 63n) || value >= 2n ** 64n ? number : value;
}
