import type * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import type { JsonValue } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import { parseYaml, type YamlDocument } from '../../yaml/yaml.ts';
import { keysAt } from '../schema-keys.ts';

type Path = readonly PropertyKey[];

/** A file's value, in its schema's words, that still knows its lines. */
export interface Located<T> {
  readonly value: T;
  line(path: Path): number;
  /** An error about one place of the file. */
  at(path: Path, message: string, expected?: string): GateError;
}

/** Reads the one document of a YAML or JSON file. Throws GateError CONFIG_INVALID with the line of the first thing that is wrong. */
export function readLocated<T>(text: string, file: string, schema: z.ZodType<T>, next: string): Located<T> {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const message = `holds ${documents.length} documents`;
    throw new GateError('CONFIG_INVALID', { file, line: second?.line ?? 1, message, expected: 'exactly one', next });
  }
  const place = (path: Path) => document.locate(path.map((step) => (typeof step === 'number' ? step : String(step))));
  const at: Located<T>['at'] = (path, message, expected) => {
    const { line, column = 1 } = place(path);
    return new GateError('CONFIG_INVALID', { file, line, column, message, ...(expected !== undefined && { expected }), next });
  };
  const parsed = schema.safeParse(plain(document));
  if (!parsed.success) {
    const [first, ...others] = parsed.error.issues.flatMap((issue) => describe(issue, schema));
    const also = others.slice(0, 20).map((other) => `line ${place(other.path).line}: ${other.message}`);
    throw at(first?.path ?? [], [first?.message ?? 'not valid', ...also].join('; also '), first?.expected);
  }
  return { value: parsed.data, line: (path) => place(path).line, at };
}

interface Described {
  readonly path: Path;
  readonly message: string;
  readonly expected?: string;
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): readonly Described[] {
  if (issue.code !== 'unrecognized_keys') {
    const what = issue.path.length === 0 ? 'the file' : `\`${issue.path.map(String).join('.')}\``;
    return [{ path: issue.path, message: `${what}: ${issue.message}` }];
  }
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const expected = near === undefined ? `one of ${known.join(', ')}` : `\`${near}\``;
    return { path: [...issue.path, key], message: `unknown key \`${key}\``, expected };
  });
}

/** No schema here has a place for an integer beyond the safe range: it is compared as text. */
function plain({ value }: YamlDocument): unknown {
  const safe = (item: JsonValue): JsonValue => (typeof item === 'bigint' ? item.toString() : item);
  return JSON.parse(JSON.stringify(value, (_key, item: JsonValue) => safe(item)));
}
