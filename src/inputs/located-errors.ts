import type * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import type { JsonValue } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { keysAt } from './schema-keys.ts';

type Path = readonly PropertyKey[];

/** Errors of a document that name the line of what is wrong. All are GateError CONFIG_INVALID. */
export interface LocatedErrors {
  line(path: Path): number;
  /** An error about one place of the file. */
  at(path: Path, message: string, expected?: string): GateError;
  /** The issues that a schema found in a part. `prefix` is the path of the part. */
  issues(error: z.ZodError, schema: z.ZodType, prefix: Path): GateError;
}

/** @param options.most Issues that one message names at most, in addition to the first. */
export function locatedErrors(
  document: YamlDocument,
  file: string,
  { next, most = Number.POSITIVE_INFINITY }: { readonly next: string; readonly most?: number },
): LocatedErrors {
  const place = (path: Path) => document.locate(path.map((step) => (typeof step === 'number' ? step : String(step))));
  const at: LocatedErrors['at'] = (path, message, expected) => {
    const { line, column = 1 } = place(path);
    return new GateError('CONFIG_INVALID', { file, line, column, message, ...(expected !== undefined && { expected }), next });
  };
  return {
    line: (path) => place(path).line,
    at,
    issues(error, schema, prefix) {
      const [first, ...rest] = error.issues.flatMap((issue) => describe(issue, schema, prefix));
      if (first === undefined) return at(prefix, 'not valid');
      const others = rest.slice(0, most).map((other) => `line ${place(other.path).line}: ${other.message}`);
      return at(first.path, [first.message, ...others].join('; also '), first.expected);
    },
  };
}

interface Described {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, prefix: readonly PropertyKey[]): readonly Described[] {
  const path = [...prefix, ...issue.path];
  const branch = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined;
  if (branch !== undefined)
    return branch.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }, schema, prefix));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: `${nameOf(path)}${inWords(issue)}` }];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const expected = near !== undefined ? `\`${near}\`` : known.length > 0 ? `one of ${known.join(', ')}` : undefined;
    return { path: [...path, key], message: `unknown key \`${key}\``, ...(expected !== undefined && { expected }) };
  });
}

/** The value has the type of this alternative, so that only something in it is wrong. */
function isMeant(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys' || code === 'custom');
}

const types: Readonly<Record<string, string>> = {
  array: 'a list, such as `[a, b]`',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
};

/** What is wrong with a value, without the terms of zod. Messages that a schema has of its own are kept. */
function inWords(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid|Too) /.test(issue.message)) return `: ${issue.message}`;
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? ' is missing' : ` must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return ` must be ${oneOf(issue.values.map(String))}`;
    case 'too_small':
      return ` must ${issue.origin === 'string' ? 'have' : 'be'} at least ${sizeOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return ` must ${issue.origin === 'string' ? 'have' : 'be'} at most ${sizeOf(issue.origin, issue.maximum)}`;
    case 'invalid_union': {
      // An alternative that is a list of words is the clearest of them.
      const words = issue.errors.flat().find(({ code, path }) => code === 'invalid_value' && path.length === 0);
      return words === undefined ? ' has a form that is not allowed' : inWords(words);
    }
    // zod's own message does not contain what is wrong with a key.
    case 'invalid_key':
      return `: ${issue.issues[0]?.message ?? issue.message}`;
    default:
      return ' has a form that is not allowed';
  }
}

function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length === 1 ? (quoted[0] ?? '') : `one of ${quoted.join(', ')}`;
}

function sizeOf(origin: string, size: number | bigint): string {
  if (origin === 'string') return `${size} character${Number(size) === 1 ? '' : 's'}`;
  return origin === 'array' || origin === 'set' ? `a list of ${size}` : String(size);
}

/** `engines.cel`, or `owner` of item 2 of `waivers`: people count from 1. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the file';
  const at = path.findLastIndex((step) => typeof step === 'number');
  const named = (steps: Path): string => `\`${steps.map(String).join('.')}\``;
  if (at === -1) return named(path);
  const item = `item ${Number(path[at]) + 1}${at === 0 ? '' : ` of ${nameOf(path.slice(0, at))}`}`;
  return at === path.length - 1 ? item : `${named(path.slice(at + 1))} of ${item}`;
}

/** zod has no schema for a bigint inside JSON: an integer that large has no place in a configuration and is compared as text. */
export function plain(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}
