import { GateError } from '../model/gate-error.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import { type LocatedErrors, locatedErrors, plain } from './located-errors.ts';
import { type ConfigFile, configSchema } from './schema.ts';

/** A parsed configuration that still knows its lines: errors found later (engine options, references) point there too. */
export interface LoadedConfig extends Pick<LocatedErrors, 'at' | 'issues'> {
  readonly file: string;
  readonly config: ConfigFile;
}

const next = 'docs/configuration.md lists every key.';

/** Parses `.k8s-gate.yaml`. Throws GateError CONFIG_INVALID with the line of the first thing that is wrong; the rest is named in its message. */
export function parseConfig(text: string, file: string): LoadedConfig {
  const documents = parseYaml({ file, text, errorCode: 'CONFIG_INVALID' });
  const document = documents[0];
  if (document === undefined || documents.length > 1) {
    const line = documents[1]?.line ?? 1;
    throw new GateError('CONFIG_INVALID', {
      file,
      line,
      message: `contains ${documents.length} documents`,
      expected: 'exactly one, with `version: 1`',
    });
  }
  const { at, issues } = locatedErrors(document, file, { next });
  const parsed = configSchema().safeParse(plain(document.value));
  if (!parsed.success) throw issues(parsed.error, configSchema(), []);
  return { file, config: parsed.data, at, issues };
}

/** Without a file, every location is the first line that it would have. */
export function emptyConfig(file: string): LoadedConfig {
  const nowhere: YamlDocument = { value: {}, line: 1, locate: () => ({ file, line: 1, precision: 'file' }) };
  const { at, issues } = locatedErrors(nowhere, file, { next });
  return { file, config: { version: 1 }, at, issues };
}
