import type { HelmChart } from './config.ts';
import type { GateError } from './gate-error.ts';
import type { SourceUnit } from './manifest-set.ts';
import type { PolicyFile } from './policy.ts';

/** A YAML or JSON file that may hold manifests. */
export interface PlainSource {
  readonly path: string;
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
}
