import { isObject } from '../model/json.ts';
import type { SourceDocument } from '../model/source-set.ts';
import { parseYaml } from './yaml.ts';

/** Stub until the reader lands. */
export function readManifests(source: { readonly file: string; readonly text: string }): {
  readonly documents: readonly SourceDocument[];
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
} {
  const documents = parseYaml(source).filter(
    ({ value }) => isObject(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string',
  );
  return { documents, skipped: [] };
}
