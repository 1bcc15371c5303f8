import type { Pointer } from '../gitops/deployable.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Files } from '../ports/ports.ts';
import type { Rendered } from './objects.ts';
import { documentOf, isBlockScalar } from './pointer-document.ts';

/** Where the fields of a pointer are written. */
export interface PointerPlaces {
  /** `of`: the resource that has the field, if it is not the pointer. */
  locate(at: FieldPath, of?: Pointer): SourceLocation;
  /** Where a line (from 1) of the text is that a field holds. */
  inText(at: FieldPath, line: number): SourceLocation;
}

/** @param known Everything that is rendered so far. */
export async function placesOf(
  pointer: Rendered,
  known: readonly Rendered[],
  workspace: string,
  files: Files,
): Promise<PointerPlaces> {
  const document = await documentOf(pointer, workspace, files);
  const lines = document?.text.split('\n') ?? [];
  const locate = (at: FieldPath, of?: Pointer): SourceLocation => renderedAs(of, known, pointer).origin.locate(at);
  return {
    locate,
    inText(at, line) {
      const place = locate(at);
      if (!isBlockScalar(lines[place.line - 1] ?? '')) return place;
      return { file: place.file, line: place.line + line, precision: 'field' };
    },
  };
}

/** The resource that a pointer names, which is one of those that are rendered. */
export function renderedAs(of: Pointer | undefined, known: readonly Rendered[], pointer: Rendered): Rendered {
  return of === undefined ? pointer : (known.find((one) => one === of) ?? pointer);
}
