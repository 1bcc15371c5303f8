import type { HelmChart } from './config.ts';
import type { FieldPath } from './field-path.ts';
import type { Gap } from './gap.ts';
import type { GateError } from './gate-error.ts';
import type { JsonValue } from './json.ts';
import type { SourceLocation } from './location.ts';
import type { SourceUnit } from './manifest-set.ts';
import type { PolicyFile } from './policy.ts';

/** A YAML or JSON file that may hold manifests, as it was read: what is judged is what was found, even if the file changes since. */
export interface PlainSource {
  readonly path: string;
  readonly documents: readonly SourceDocument[];
}

/** One document of a YAML or JSON file. */
export interface SourceDocument {
  readonly value: JsonValue;
  /** Line (from 1) of its first content. */
  readonly line: number;
  /** Place of a field's key (or list item); of its nearest existing parent where the field is missing. */
  locate(path: FieldPath): SourceLocation;
}
export interface KustomizeSource {
  /** Folder of the kustomization, relative to the workspace. */
  readonly path: string;
}

/** What there is to judge, before anything is rendered. Paths are relative to the workspace. */
export interface SourceSet {
  readonly plain: readonly PlainSource[];
  readonly charts: readonly HelmChart[];
  /** Only the ones no other kustomization uses: overlays, not their bases. */
  readonly kustomizations: readonly KustomizeSource[];
  readonly policies: readonly PolicyFile[];
  /** Looked at and left out, with the reason. */
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
  /** What may be deployed and can't be read here. */
  readonly gaps: readonly Gap[];
}
