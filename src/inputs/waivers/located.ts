import type * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type LocatedErrors, locatedErrors, plain } from '../located-errors.ts';

/** A file's value, in its schema's words, that still knows its lines. */
export interface Located<T> extends Pick<LocatedErrors, 'line' | 'at'> {
  readonly value: T;
}

/** Reads the one document of a YAML or JSON file. Throws GateError CONFIG_INVALID with the line of the first thing that is wrong. */
export function readLocated<T>(text: string, file: string, schema: z.ZodType<T>, next: string): Located<T> {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const message = `holds ${documents.length} documents`;
    throw new GateError('CONFIG_INVALID', { file, line: second?.line ?? 1, message, expected: 'exactly one', next });
  }
  const { line, at, issues } = locatedErrors(document, file, { next, most: 20 });
  const parsed = schema.safeParse(plain(document.value));
  if (!parsed.success) throw issues(parsed.error, schema, []);
  return { value: parsed.data, line, at };
}
