import { globTest } from './path-pattern.ts';

/** `${name:operator args}` */
export interface Part {
  readonly name: string;
  readonly operator: string;
  readonly args: readonly (string | Part)[];
}

type LookUp = (name: string) => string | undefined;

/** As https://github.com/fluxcd/pkg/blob/main/envsubst/funcs.go */
export function expand({ name, operator, args }: Part, lookUp: LookUp): string {
  const given = args.map((one) => (typeof one === 'string' ? one : expand(one, lookUp)));
  const value = lookUp(name) ?? '';
  const [first = '', second] = given;
  switch (operator) {
    case ',':
      return value.slice(0, 1).toLowerCase() + value.slice(1);
    case ',,':
      return value.toLowerCase();
    case '^':
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case '^^':
      return value.toUpperCase();
    case '#':
      return given.length === 0 ? String(new TextEncoder().encode(value).length) : trim(value, first, 'shortest');
    case '##':
      return trim(value, first, 'longest');
    case '%':
      return reversed(trim(reversed(value), reversed(first), 'shortest'));
    case '%%':
      return reversed(trim(reversed(value), reversed(first), 'longest'));
    case ':':
      return part(value, first, second);
    case '/':
      return value.replace(first, () => second ?? '');
    case '//':
      return value.replaceAll(first, () => second ?? '');
    case '/#':
      return second !== undefined && value.startsWith(first) ? second + value.slice(first.length) : value;
    case '/%':
      return second !== undefined && value.endsWith(first) ? value.slice(0, value.length - first.length) + second : value;
    default:
      // Flux takes `:+` and `:?` for `:-`.
      return value === '' ? given.join('') : value;
  }
}

function part(value: string, from: string, count: string | undefined): string {
  const [start, length] = [integer(from), count === undefined ? undefined : integer(count)];
  if (start === undefined || (count !== undefined && length === undefined)) return value;
  const at = start < 0 ? Math.max(0, value.length + start) : start;
  if (length === undefined) return value.slice(at);
  const end = length < 0 ? value.length + length : at + length;
  return end < at ? '' : value.slice(at, end);
}

function integer(text: string): number | undefined {
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Without the part at the start that a pattern matches. */
function trim(value: string, pattern: string, which: 'shortest' | 'longest'): string {
  const matches = globTest(pattern);
  const lengths = Array.from({ length: value.length }, (_, index) => (which === 'longest' ? value.length - index : index + 1));
  return value.slice(lengths.find((length) => matches(value.slice(0, length))) ?? 0);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
