import type { JsonValue } from '../../model/json.ts';
import type { Scalar } from './shapes.ts';

/** What is expected, in words, if a value is not one; undefined if it is. */
export type ScalarCheck = (value: JsonValue) => string | undefined;

export function isInteger(value: JsonValue): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function integer(bits: number): ScalarCheck {
  const [least, most] = [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  return (value) => {
    if (!isInteger(value)) return 'an integer';
    return inRange(value, least, most) ? undefined : `an integer of ${bits} bits`;
  };
}

function inRange(value: JsonValue, least: bigint, most: bigint): boolean {
  return typeof value === 'bigint'
    ? least <= value && value <= most
    : Number(value) >= Number(least) && Number(value) <= Number(most);
}

/** https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#ParseQuantity */
const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
/** https://pkg.go.dev/time#RFC3339 */
const time = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Go ignores line breaks in it. */
function isBase64(text: string): boolean {
  const bare = text.replaceAll(/[\r\n]/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}

const int32 = integer(32);

/** As the API server decodes JSON into the Go types: no number is taken for a string, and no string for a number or boolean. */
export const scalarChecks: Readonly<Record<Scalar, ScalarCheck>> = {
  any: () => undefined,
  string: (value) => (typeof value === 'string' ? undefined : 'a string'),
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
  number: (value) => (typeof value === 'number' || typeof value === 'bigint' ? undefined : 'a number'),
  int32,
  int64: integer(64),
  'int-or-string': (value) =>
    typeof value === 'string' || int32(value) === undefined ? undefined : 'a string or an integer of 32 bits',
  quantity: (value) =>
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') && quantity.test(String(value))
      ? undefined
      : 'a quantity such as 500m or 1Gi',
  bytes: (value) => (typeof value === 'string' && isBase64(value) ? undefined : 'base64'),
  time: (value) => (typeof value === 'string' && time.test(value) ? undefined : 'a time such as 2026-01-02T15:04:05Z'),
  'micro-time': (value) =>
    typeof value === 'string' && /^[.,]\d{6}$/.test(time.exec(value)?.[1] ?? '')
      ? undefined
      : 'a time with microseconds such as 2026-01-02T15:04:05.000000Z',
};

/** The type of a value in a message. The value itself may be a secret. */
export function described(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value === null ? 'null' : 'a map';
  if (typeof value === 'string') return 'a string';
  return typeof value === 'boolean' ? 'a boolean' : 'a number';
}
