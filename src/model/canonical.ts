import type { FieldPath } from './field-path.ts';
import type { Resource } from './resource.ts';

/** Writes resources in the only form that engines see. */
export interface Canonicalizer {
  /**
   * One block-style YAML file per resource, `<uid>.yaml`, all strings quoted, one scalar per line, engine ignore annotations
   * removed. Returns the map back from a line of a file to the field.
   */
  write(folder: string, resources: readonly Resource[]): Promise<CanonicalFiles>;
}
export interface CanonicalFiles {
  /** Resource.uid -> absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** The field on a line (from 1) of a resource's canonical file; undefined for an unknown uid or line. */
  fieldAt(uid: string, line: number): FieldPath | undefined;
}
