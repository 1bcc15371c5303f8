import type * as z from 'zod';
import { valueAt } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { JsonValue } from '../model/json.ts';
import { schemaProblems } from '../model/schema-problem.ts';
import type { YamlDocument } from '../yaml/yaml.ts';

type Path = readonly PropertyKey[];

/** Errors of a document that name the line of what is wrong. All are GateError CONFIG_INVALID. */
export interface LocatedErrors {
  line(path: Path): number;
  /** An error about one place of the file. */
  at(path: Path, message: string, expected?: string): GateError;
  /** The problems that a schema found in a part. `prefix` is the path of the part. */
  issues(error: z.ZodError, schema: z.ZodType, prefix: Path): GateError;
}

/** @param options.most Problems that one message names at most, in addition to the first. */
export function locatedErrors(
  document: YamlDocument,
  file: string,
  { next, most = Number.POSITIVE_INFINITY }: { readonly next: string; readonly most?: number },
): LocatedErrors {
  const steps = (path: Path) => path.map((step) => (typeof step === 'number' ? step : String(step)));
  const place = (path: Path) => document.locate(steps(path));
  const at: LocatedErrors['at'] = (path, message, expected) => {
    const { line, column = 1 } = place(path);
    return new GateError('CONFIG_INVALID', { file, line, column, message, ...(expected !== undefined && { expected }), next });
  };
  return {
    line: (path) => place(path).line,
    at,
    issues(error, schema, prefix) {
      const value = valueAt(document.value, steps(prefix));
      const [first, ...rest] = schemaProblems(error, { schema, prefix: steps(prefix), value });
      const others = rest.slice(0, most).map((other) => `line ${place(other.path).line}: ${other.message}`);
      return at(first.path, [first.message, ...others].join('; also '), first.expected);
    },
  };
}

/** zod has no schema for a bigint inside JSON: an integer that large has no place in a configuration and is compared as text. */
export function plain(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}
