import type * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import type { JsonValue } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { keysAt } from './schema-keys.ts';

/** A parsed configuration that still knows its lines: errors found later (engine options, references) point there too. */
export interface LoadedConfig {
  readonly file: string;
  readonly config: ConfigFile;
  /** An error about one place of the file. */
  at(path: readonly PropertyKey[], message: string, expected?: string): GateError;
  /** What a part's own schema said of it. `prefix` is where the part stands. */
  issues(error: z.ZodError, schema: z.ZodType, prefix: readonly PropertyKey[]): GateError;
}

/** Parses `.k8s-gate.yaml`. Throws GateError CONFIG_INVALID with the line of the first thing that is wrong; the rest is named in its message. */
export function parseConfig(text: string, file: string): LoadedConfig {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const document = documents[0];
  if (document === undefined || documents.length > 1) {
    const line = documents[1]?.line ?? 1;
    throw new GateError('CONFIG_INVALID', {
      file,
      line,
      message: `holds ${documents.length} documents`,
      expected: 'exactly one, with `version: 1`',
    });
  }
  const reader = locatedErrors(document, file);
  const parsed = configSchema.safeParse(plain(document.value));
  if (!parsed.success) throw reader.issues(parsed.error, configSchema, []);
  return { file, config: parsed.data, ...reader };
}

/** Where there is no file, every place is the file's would-be first line. */
export function emptyConfig(file: string): LoadedConfig {
  const nowhere: YamlDocument = { value: {}, line: 1, locate: () => ({ file, line: 1, precision: 'file' }) };
  return { file, config: { version: 1 }, ...locatedErrors(nowhere, file) };
}

function locatedErrors(document: YamlDocument, file: string): Pick<LoadedConfig, 'at' | 'issues'> {
  const line = (path: readonly PropertyKey[]) =>
    document.locate(path.map((step) => (typeof step === 'number' ? step : String(step))));
  const at: LoadedConfig['at'] = (path, message, expected) => {
    const place = line(path);
    const next = 'docs/configuration.md lists every key.';
    return new GateError('CONFIG_INVALID', {
      file,
      line: place.line,
      column: place.column ?? 1,
      message,
      ...(expected !== undefined && { expected }),
      next,
    });
  };
  return {
    at,
    issues(error, schema, prefix) {
      const [first, ...rest] = error.issues.flatMap((issue) => describe(issue, schema, prefix));
      if (first === undefined) return at(prefix, 'not valid');
      const others = rest.map((other) => `line ${line(other.path).line}: ${other.message}`);
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
  if (issue.code !== 'unrecognized_keys')
    return [{ path, message: `${path.length === 0 ? 'the file' : `\`${path.map(String).join('.')}\``}: ${issue.message}` }];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const expected = near !== undefined ? `\`${near}\`` : known.length > 0 ? `one of ${known.join(', ')}` : undefined;
    return { path: [...path, key], message: `unknown key \`${key}\``, ...(expected !== undefined && { expected }) };
  });
}

/** zod has no schema for a bigint inside JSON: an integer that large has no place in a configuration and is compared as text. */
function plain(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}
