import type { Pointer } from '../gitops/deployable.ts';
import type { RenderedField } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Files } from '../ports/ports.ts';
import type { Rendered } from './objects.ts';
import { type PlacedPointer, renderedField } from './placed-pointer.ts';
import { documentOf, isBlockScalar } from './pointer-document.ts';

/** A field of a pointer that sets something, or a line of a file that it names. */
export type Setting =
  | {
      readonly at: FieldPath;
      /** The resource that has the field, if it is not the pointer. */
      readonly of?: Pointer;
      /** A line (from 1) of the text that the field holds. */
      readonly line?: number;
    }
  | { readonly file: string; readonly line: number };

/** Where the fields of a pointer are written. */
export interface PointerPlaces {
  locate(setting: Setting): SourceLocation;
  /** What to trace for the exact place: of a pointer that was itself rendered. */
  fieldOf(setting: Setting): RenderedField | undefined;
}

/** @param known Everything that is rendered so far. */
export async function placesOf(
  pointer: PlacedPointer,
  known: readonly Rendered[],
  workspace: string,
  files: Files,
): Promise<PointerPlaces> {
  const document = await documentOf(pointer, workspace, files);
  const lines = document?.text.split('\n') ?? [];
  return {
    locate(setting) {
      if ('file' in setting) return { ...setting, precision: 'field' };
      const place = renderedAs(setting.of, known, pointer).origin.locate(setting.at);
      const isOwn = setting.of === undefined && place.file === pointer.source.unit;
      if (setting.line === undefined || !isOwn || !isBlockScalar(lines[place.line - 1] ?? '')) return place;
      return { file: place.file, line: place.line + setting.line, precision: 'field' };
    },
    fieldOf(setting) {
      if ('file' in setting) return undefined;
      return renderedField(renderedAs(setting.of, known, pointer), setting.at, setting.line);
    },
  };
}

/** The resource that a pointer names, which is one of those that are rendered. */
export function renderedAs(of: Pointer | undefined, known: readonly Rendered[], pointer: PlacedPointer): PlacedPointer {
  return of === undefined ? pointer : (known.find((one) => one === of) ?? pointer);
}
