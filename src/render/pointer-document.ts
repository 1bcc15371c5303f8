import path from 'node:path';
import { attempt } from '../model/attempt.ts';
import type { JsonValue } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Rendered } from './objects.ts';

/** The document that a pointer of a plain file is, with lines as the file has them. */
export async function documentOf(
  { source, origin }: Rendered,
  workspace: string,
  files: Files,
): Promise<{ readonly text: string; readonly value: JsonValue } | undefined> {
  if (source.kind !== 'plain') return undefined;
  const start = origin.locate([]).line;
  const lines = (await files.readText(path.join(workspace, source.unit))).split('\n');
  const length = lines.slice(start).findIndex((line) => /^---(?:\s|$)/.test(line));
  const own = lines.slice(start - 1, length === -1 ? undefined : start + length);
  const text = `${'\n'.repeat(start - 1)}${own.join('\n')}`;
  const value = attempt(() => parseYaml({ file: source.unit, text })[0]?.value);
  return value === undefined ? undefined : { text, value };
}

/** A key whose text is below it, line by line. */
export function isBlockScalar(line: string): boolean {
  return /[|>][+-]?\d?[+-]?\s*(?:#.*)?$/.test(line);
}
