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
  /** The other documents of the file, and why they were skipped. */
  readonly skipped?: readonly { readonly line: number; readonly reason: string }[];
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
  /** Rendered as part of another one as well, which only this change says: alone it need not build. */
  readonly isPart: boolean;
}

/** A chart inside another one's `charts/`: part of it where its releases render it. */
export interface NestedChart {
  readonly chart: HelmChart;
  readonly parent: string;
  /** The base had both, one inside the other: what the parent does not render was not deployed before either. */
  readonly wasNested: boolean;
  /** The base has it, or others in the same folder, as charts of their own: no parent that is new changes what is deployed of it. */
  readonly wasAlone: boolean;
}

/** What Helm calls the charts inside a chart's `charts/`: by the folder of each chart, name or alias -> folder. */
export type ChartNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * A file that a chart or kustomization may have rendered. Being in its folder, or named by it, is no proof: unless what was rendered came
 * from the file, it is judged as a manifest where it holds one.
 */
export interface Leftover {
  readonly file: string;
  /** It may be a patch, which is part of an object only: a workload that is not whole is left out. */
  readonly isPatch: boolean;
  /** The base applies it, or what is beside it, as it is: it is judged as a manifest whatever is rendered from it. */
  readonly isOwn?: boolean;
}

/** What a kustomization names: judged by itself where it does not build. */
export interface KustomizeContents {
  /** Folders of kustomizations. */
  readonly parts: readonly string[];
  readonly isComponent: boolean;
  readonly files: readonly Leftover[];
}

/** What there is to judge, before anything is rendered. Paths are relative to the workspace. */
export interface SourceSet {
  readonly plain: readonly PlainSource[];
  readonly charts: readonly HelmChart[];
  readonly nestedCharts: readonly NestedChart[];
  readonly chartNames: ChartNames;
  /** Those that no other kustomization uses (overlays, not their bases), and those that only this change makes part of another. */
  readonly kustomizations: readonly KustomizeSource[];
  /** By folder (`` for the workspace), of each that is built or part of one that is. */
  readonly kustomizeContents: ReadonlyMap<string, KustomizeContents>;
  readonly leftovers: readonly Leftover[];
  readonly policies: readonly PolicyFile[];
  /** Looked at and left out, with the reason. */
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
  /** What may be deployed and can't be read here. */
  readonly gaps: readonly Gap[];
}
