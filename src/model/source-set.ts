import type { HelmChart } from './config.ts';
import type { FieldPath } from './field-path.ts';
import type { Gap } from './gap.ts';
import type { GateError } from './gate-error.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { SourceLocation } from './location.ts';
import type { SourceUnit } from './manifest-set.ts';
import type { PolicyFile } from './policy.ts';
import type { FetchedBase, NotFetched } from './sources.ts';

/** A YAML or JSON file that may contain manifests, with its content as discovered, even if the file changes later. */
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
  /** The location of a field's key (or list item), or of its nearest existing parent if the field is missing. */
  locate(path: FieldPath): SourceLocation;
}
export interface KustomizeSource {
  /** Folder of the kustomization, relative to the workspace. */
  readonly path: string;
  /** Also rendered as part of another one because of this change; on its own it does not have to build. */
  readonly isPart: boolean;
  /** The kustomization as whoever deploys it has changed it, in place of the folder's own; paths in it are relative to the folder. */
  readonly edited?: JsonObject;
  /** Whoever deploys it lets kustomize read files outside of the folders that name them, as Flux does. */
  readonly isUnrestricted?: boolean;
}

/** A chart inside another one's `charts/`: part of it if its releases render it. */
export interface NestedChart {
  readonly chart: HelmChart;
  readonly parent: string;
  /** The base had both, one inside the other: if the parent does not render it, it was not deployed before either. */
  readonly wasNested: boolean;
  /** The base has it, or others in the same folder, as separate charts: a new parent does not change how it is deployed. */
  readonly wasAlone: boolean;
}

/** Helm's names for the charts inside a chart's `charts/`: by the folder of each chart, name or alias -> folder. */
export type ChartNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * A file that a chart or kustomization may have rendered. Being in its folder or named by it does not prove that: unless rendered resources
 * came from the file, any manifest in it is judged on its own.
 */
export interface Leftover {
  readonly file: string;
  /** It may be a patch, which is only part of an object: incomplete workloads are skipped. */
  readonly isPatch: boolean;
  /** The base applies it, or files next to it, directly: it is judged as a manifest regardless of what is rendered from it. */
  readonly isOwn?: boolean;
}

/** Files and parts that a kustomization refers to: judged by themselves if it does not build. */
export interface KustomizeContents {
  /** Folders of kustomizations. */
  readonly parts: readonly string[];
  readonly isComponent: boolean;
  /** Helm renders a part of it: `helmCharts`. */
  readonly hasCharts: boolean;
  readonly files: readonly Leftover[];
}

/** Everything to judge, before rendering. Paths are relative to the workspace. */
export interface SourceSet {
  /** Every file of the repository, also those that are not evaluated. */
  readonly files: readonly string[];
  /** Symlink -> its target, for those that stay in the repository. */
  readonly links: ReadonlyMap<string, string>;
  readonly plain: readonly PlainSource[];
  readonly charts: readonly HelmChart[];
  readonly nestedCharts: readonly NestedChart[];
  readonly chartNames: ChartNames;
  /** Kustomizations that no other one uses (overlays, not bases), and those that only this change makes part of another. */
  readonly kustomizations: readonly KustomizeSource[];
  /** By folder (`` for the workspace), for each kustomization that is built or part of one that is. */
  readonly kustomizeContents: ReadonlyMap<string, KustomizeContents>;
  /** What is remote in the kustomizations, as they write it. */
  readonly bases: ReadonlyMap<string, FetchedBase | NotFetched>;
  readonly leftovers: readonly Leftover[];
  /** Files of charts and kustomizations: not evaluated as they are, unless somebody deploys them as they are. */
  readonly parts: ReadonlySet<string>;
  readonly policies: readonly PolicyFile[];
  /** Skipped units with the reason. */
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
  /** Things that may be deployed and cannot be read here. */
  readonly gaps: readonly Gap[];
}
