import { parse, Scalar } from 'yaml';
import { isArray, isObject, type JsonValue } from '../model/json.ts';

type Style = Scalar.Type | undefined;

/** A scalar on one line, quoted like the value it replaces, or only if necessary. */
export function scalarText(value: Exclude<JsonValue, object> | null, style?: Style): string {
  if (typeof value !== 'string') return String(value);
  if (style === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  if (style === Scalar.QUOTE_SINGLE && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return isPlainText(value) ? value : JSON.stringify(value);
}

/** Only characters without a meaning in flow or block style, and no keyword or number in either version of YAML. */
function isPlainText(text: string): boolean {
  if (!/^[A-Za-z0-9./][\w./@+-]*(?::[\w./@+-]+)*$/.test(text)) return false;
  return (['1.1', '1.2'] as const).every((version) => parse(text, { version }) === text) && !/^[-+.]?0o/.test(text);
}

export function isScalarValue(value: JsonValue): value is Exclude<JsonValue, object> | null {
  return value === null || typeof value !== 'object';
}

/** `{ a: 1, b: [x] }` */
export function flowText(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (!isObject(value)) return scalarText(value);
  const pairs = Object.entries(value).map(([key, item]) => `${scalarText(key)}: ${flowText(item)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** Lines of `key: value` in block style, indented by two spaces per level. */
export function pairLines(key: string, value: JsonValue): readonly string[] {
  const name = scalarText(key);
  if (isEmptyOrScalar(value)) return [`${name}: ${flowText(value)}`];
  return [`${name}:`, ...indent(isArray(value) ? value.flatMap(itemLines) : mapLines(value))];
}

/** Lines of `- value`. */
export function itemLines(value: JsonValue): readonly string[] {
  if (isEmptyOrScalar(value) || isArray(value)) return [`- ${flowText(value)}`];
  return mapLines(value).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

function mapLines(value: JsonValue): readonly string[] {
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => pairLines(key, item)) : [];
}

function isEmptyOrScalar(value: JsonValue): boolean {
  return isScalarValue(value) || Object.keys(value).length === 0;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
