import path from 'node:path';
import type { Deployable } from '../gitops/deployable.ts';
import type { WrittenAt } from '../gitops/written.ts';
import { attempt } from '../model/attempt.ts';
import type { RenderedField } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Rendered } from './objects.ts';
import { isBlockScalar } from './pointer-document.ts';

export interface PlacedPointer extends Rendered {
  readonly writtenAt?: WrittenAt;
}

/** The pointer with its fields where they are really written: in a file that it reads, in another field, or in the text of one. */
export async function placedPointer(
  pointer: Rendered,
  { writtenAt }: Pick<Deployable, 'writtenAt'>,
  { workspace, files }: { readonly workspace: string; readonly files: Files },
): Promise<PlacedPointer> {
  if (writtenAt === undefined) return pointer;
  const { origin } = pointer;
  const own = origin.locate([]).file;
  const lines = (await files.readText(path.join(workspace, own)).catch(() => '')).split('\n');
  const inText = (text: string, at: FieldPath, file: string): SourceLocation | undefined =>
    attempt(() => parseYaml({ file, text })[0]?.locate(at));
  const locate = (at: FieldPath): SourceLocation => {
    const written = writtenAt(at);
    if ('file' in written)
      return inText(written.text, written.at, written.file) ?? { file: written.file, line: 1, precision: 'file' };
    if (!('within' in written)) return origin.locate(written.at);
    const holder = origin.locate(written.within);
    const line =
      holder.file === own && isBlockScalar(lines[holder.line - 1] ?? '')
        ? inText(written.text, written.at, own)?.line
        : undefined;
    return line === undefined ? holder : { file: own, line: holder.line + line, precision: 'field' };
  };
  return { ...pointer, origin: { locate }, writtenAt };
}

/** What to trace for a field of a pointer; undefined if the pointer is a file of the repository, or the field is in another one. */
export function renderedField({ provenance, writtenAt }: PlacedPointer, at: FieldPath, line?: number): RenderedField | undefined {
  const written = writtenAt?.(at) ?? { at };
  if (provenance === undefined || 'file' in written) return undefined;
  if ('within' in written) return { provenance, path: written.within };
  return { provenance, path: written.at, ...(line !== undefined && { line }) };
}
