import { EvaluationError } from '@marcbachmann/cel-js';
import { type Spend, weigh } from '../budget.ts';

/** `%s`, `%d`, `%f`, `%x`, `%b`, `%o` and `%%` of CEL's format; anything else is an error. */
export function format(template: string, values: readonly unknown[], spend: Spend): string {
  let next = 0;
  return template.replaceAll(/%(?:\.(\d+))?([\s\S]?)/g, (_found: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new EvaluationError('format: more placeholders than values');
    const value = values[next];
    next += 1;
    spend(weigh(value));
    return formatOne(verb, value, precision);
  });
}

function formatOne(verb: string, value: unknown, precision: string | undefined): string {
  if (verb === 's') return textOf(value);
  if (verb === 'd' && (typeof value === 'bigint' || typeof value === 'number')) return value.toString();
  if (verb === 'f' && (typeof value === 'bigint' || typeof value === 'number'))
    return Number(value).toFixed(Number(precision ?? 6));
  const base = { b: 2, o: 8, x: 16 }[verb];
  if (base !== undefined && typeof value === 'bigint') return value.toString(base);
  if (verb === 'X' && typeof value === 'bigint') return value.toString(16).toUpperCase();
  throw new EvaluationError(`format: %${verb} does not take such a value`);
}

/** Strings inside a list or map are quoted, keys sorted: https://github.com/google/cel-go/blob/master/ext/formatting.go */
export function textOf(value: unknown, quoted = false): string {
  if (typeof value === 'string') return quoted ? JSON.stringify(value) : value;
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, true)).join(', ')}]`;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${textOf(item, true)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  return String(value);
}
