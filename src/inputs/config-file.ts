import type * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import { type LocatedErrors, locatedErrors, plain } from './located-errors.ts';
import { type ConfigFile, configSchema } from './schema.ts';

/** A parsed configuration that still knows its lines: errors found later (engine options, references) point there too. */
export interface LoadedConfig extends Pick<LocatedErrors, 'at' | 'issues'> {
  readonly file: string;
  /** With what it extends. */
  readonly config: ConfigFile;
  /** Where a setting is written: here, or in the organization's file. */
  place(path: Path): { readonly file: string; readonly line: number };
  /** The line of this file that a setting is from. */
  own(path: Path): number;
}
type Path = readonly PropertyKey[];

const next = 'docs/configuration.md lists every key.';

/** Parses `.k8s-gate.yaml`. Throws GateError CONFIG_INVALID with the line of the first thing that is wrong; the rest is named in its message. */
export function parseConfig(text: string, file: string): LoadedConfig {
  return openConfig(text, file, configSchema());
}

/** The same, of another shape. */
export function openConfig<T extends ConfigFile>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
): LoadedConfig & { readonly config: T } {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const document = documents[0];
  if (document === undefined || documents.length > 1) {
    const line = documents[1]?.line ?? 1;
    throw new GateError('CONFIG_INVALID', {
      file,
      line,
      message: documents.length === 0 ? 'the file is empty' : `contains ${documents.length} documents`,
      expected: 'exactly one, with `version: 1`',
    });
  }
  const errors = locatedErrors(document, file, { next });
  const parsed = schema.safeParse(plain(document.value));
  if (!parsed.success) throw errors.issues(parsed.error, schema, []);
  return { config: parsed.data, ...located(errors, file) };
}

/** Without a file, every location is the first line that it would have. */
export function emptyConfig(file: string): LoadedConfig {
  const nowhere: YamlDocument = { value: {}, line: 1, locate: () => ({ file, line: 1, precision: 'file' }) };
  return { config: { version: 1 }, ...located(locatedErrors(nowhere, file, { next }), file) };
}

function located({ at, issues, line }: LocatedErrors, file: string): Omit<LoadedConfig, 'config'> {
  return { file, at, issues, place: (path) => ({ file, line: line(path) }), own: line };
}
