import type * as z from 'zod';
import { type FieldPath, valueAt } from './field-path.ts';
import type { JsonValue } from './json.ts';
import { nearest } from './nearest.ts';
import { keysAt } from './schema-keys.ts';

/** What a schema found wrong at one place, in the words of the file's author instead of zod's. */
export interface SchemaProblem {
  readonly path: FieldPath;
  /** `` `severity.high` must be one of `block`, `warn`, `allow`, not `bloc` `` */
  readonly message: string;
  readonly expected?: string;
}

interface Options {
  /** For the keys that are allowed in place of an unknown one. */
  readonly schema?: z.ZodType;
  /** The path of the part that was parsed. */
  readonly prefix?: FieldPath;
  /** What was parsed: messages then quote a short text or number. Never for data that may contain secrets. */
  readonly value?: JsonValue | undefined;
  /** What the empty path is called. */
  readonly whole?: string;
}

/** Every problem, at least one. The only reader of zod's issues: each file that a schema parses reports them by this function or the next. */
export function schemaProblems(error: z.ZodError, options: Options = {}): readonly [SchemaProblem, ...SchemaProblem[]] {
  const { prefix = [], whole = 'the file' } = options;
  const issues = error.issues.toSorted((a, b) => rank(a) - rank(b));
  const [first, ...rest] = issues.flatMap((issue) => describe(issue, { ...options, prefix, whole }));
  return [first ?? { path: prefix, message: `${whole} is not valid` }, ...rest];
}

/** What the others follow from comes first: that it is another kind of file, then a misspelled key, which makes the right one missing. */
function rank(issue: z.core.$ZodIssue): number {
  if (issue.code === 'invalid_value' && issue.values.length === 1) return 0;
  return issue.code === 'unrecognized_keys' ? 1 : 2;
}

/** The first problem as one phrase, for a message that gives the place itself. */
export function schemaProblem(error: z.ZodError, options: Options = {}): string {
  const [{ message, expected }] = schemaProblems(error, options);
  return expected === undefined ? message : `${message}; expected ${expected}`;
}

type Context = Options & Required<Pick<Options, 'prefix' | 'whole'>>;

function describe(issue: z.core.$ZodIssue, context: Context): readonly SchemaProblem[] {
  const { schema, prefix, whole } = context;
  const path = [...prefix, ...issue.path.map(toStep)];
  const branch = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined;
  if (branch !== undefined)
    return branch.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }, context));
  if (issue.code === 'invalid_value' && isMissing(issue, context.value))
    return [{ path, message: `${nameOf(path, whole)} is missing`, expected: oneOf(issue.values.map(String)) }];
  if (issue.code !== 'unrecognized_keys') {
    const words = inWords(issue);
    return [{ path, message: `${nameOf(path, whole)}${words}${words.startsWith(' must') ? found(issue, context.value) : ''}` }];
  }
  const known = schema === undefined ? [] : keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const expected = near !== undefined ? `\`${near}\`` : known.length > 0 ? `one of ${known.join(', ')}` : undefined;
    const where = path.length === 0 ? '' : ` in ${nameOf(path, whole)}`;
    return { path: [...path, key], message: `unknown key \`${key}\`${where}`, ...(expected !== undefined && { expected }) };
  });
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'number' ? step : String(step);
}

/** The value has the type of this alternative, so that only something in it is wrong. */
function isMeant(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys' || code === 'custom');
}

/** What is wrong with a value. Messages that a schema has of its own are kept. */
function inWords(issue: z.core.$ZodIssue): string {
  if (!isZods(issue.message)) return `: ${issue.message}`;
  if (issue.code === 'invalid_type' && received(issue) === 'undefined') return ' is missing';
  // zod's own message does not contain what is wrong with a key.
  if (issue.code === 'invalid_key') {
    const own = issue.issues[0]?.message;
    return own === undefined || isZods(own) ? ' is a key that is not valid' : `: ${own}`;
  }
  const wanted = wantedOf(issue);
  return wanted === undefined ? ' does not have the expected form' : ` must ${wanted}`;
}

function isZods(message: string): boolean {
  return /^(?:Invalid|Too) /.test(message) || message === 'Invalid input';
}

/** zod names the type that it found in its message only. */
function received({ message }: z.core.$ZodIssue): string | undefined {
  return /received (\w+)$/.exec(message)?.[1];
}

const types: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  string: 'a string',
  number: 'a number',
  bigint: 'a number',
  int: 'an integer',
  boolean: '`true` or `false`',
  null: 'empty',
};
const formats: Readonly<Record<string, string>> = {
  date: 'a date such as 2027-01-31',
  datetime: 'a time such as 2027-01-31T12:00:00Z',
  url: 'a URL',
  uuid: 'a UUID',
  starts_with: 'another beginning',
};

function wantedOf(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `be ${types[issue.expected] ?? issue.expected}${issue.expected === 'array' ? ', such as `[a, b]`' : ''}`;
    case 'invalid_value':
      return `be ${oneOf(issue.values.map(String))}`;
    case 'too_small':
      return sizeOf(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return sizeOf(issue.origin, 'at most', issue.maximum);
    case 'invalid_format': {
      const named = formats[issue.format];
      return named === undefined ? undefined : `be ${named}`;
    }
    case 'invalid_union': {
      const whole = issue.errors.flatMap(([first]) => (first?.path.length === 0 && isZods(first.message) ? [first] : []));
      const wanted = whole.flatMap((one) => {
        if (one.code === 'invalid_value') return [oneOf(one.values.map(String))];
        return one.code === 'invalid_type' ? [types[one.expected] ?? one.expected] : [];
      });
      return wanted.length === 0 ? undefined : `be ${[...new Set(wanted)].join(' or ')}`;
    }
    default:
      return undefined;
  }
}

function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length === 1 ? (quoted[0] ?? '') : `one of ${quoted.join(', ')}`;
}

function sizeOf(origin: string, limit: string, size: number | bigint): string {
  const things = (noun: string) => `have ${limit} ${size} ${noun}${Number(size) === 1 ? '' : 's'}`;
  if (origin === 'string') return Number(size) === 1 && limit === 'at least' ? 'not be empty' : things('character');
  return origin === 'array' || origin === 'set' ? things('item') : `be ${limit} ${size}`;
}

/** zod's issue about a fixed value is the same for a missing one. */
function isMissing({ path }: z.core.$ZodIssue, root: JsonValue | undefined): boolean {
  return path.length > 0 && root !== undefined && valueAt(root, path.map(toStep)) === undefined;
}

/** `, not a string`, or the value itself where it is short. */
function found(issue: z.core.$ZodIssue, root: JsonValue | undefined): string {
  const value = valueAt(root, issue.path.map(toStep));
  if (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value !== '' && value.length <= 40)
  )
    return `, not \`${String(value)}\``;
  const type = received(issue);
  if (type === undefined || type === 'boolean') return type === undefined ? '' : ', not a boolean';
  return type === 'null' ? ', but is empty' : `, not ${types[type] ?? type}`;
}

/** `engines.cel`, or `owner` of item 2 of `waivers`: people count from 1. */
function nameOf(path: FieldPath, whole: string): string {
  if (path.length === 0) return whole;
  const at = path.findLastIndex((step) => typeof step === 'number');
  const named = (steps: FieldPath): string => `\`${steps.map(String).join('.')}\``;
  if (at === -1) return named(path);
  const item = `item ${Number(path[at]) + 1}${at === 0 ? '' : ` of ${nameOf(path.slice(0, at), whole)}`}`;
  return at === path.length - 1 ? item : `${named(path.slice(at + 1))} of ${item}`;
}
