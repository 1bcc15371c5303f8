import type * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type LocatedErrors, locatedErrors, plain } from '../located-errors.ts';

/** A file's value that still knows its lines. */
export interface Located<T> extends Pick<LocatedErrors, 'line' | 'at'> {
  readonly value: T;
}

/** The same, of a shape that is not known yet. */
export interface LocatedDocument extends Located<unknown> {
  /** Throws GateError CONFIG_INVALID with the line of the first thing that is wrong. */
  as<T>(schema: z.ZodType<T>): Located<T>;
}

/** Opens the one document of a YAML or JSON file. Throws GateError CONFIG_INVALID. */
export function openLocated(text: string, file: string, next: string): LocatedDocument {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const message = documents.length === 0 ? 'the file is empty' : `contains ${documents.length} documents`;
    throw new GateError('CONFIG_INVALID', { file, line: second?.line ?? 1, message, expected: 'exactly one', next });
  }
  const { line, at, issues } = locatedErrors(document, file, { next, most: 20 });
  const value = plain(document.value);
  return {
    value,
    line,
    at,
    as(schema) {
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw issues(parsed.error, schema, []);
      return { value: parsed.data, line, at };
    },
  };
}
