import type { GateConfig, HelmChart } from '../model/config.ts';
import type { RenderedField } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { RenderContext } from './context.ts';
import type { ValuesSource } from './helm-copy.ts';
import type { KnownNames } from './helm-names.ts';
import type { Base } from './kustomize-base.ts';
import type { FetchedPart } from './kustomize-overlay.ts';
import type { Identity } from './objects.ts';

/** How a resource was rendered, for tracing its fields (src/trace) once it is known which fields have findings. */
export type Provenance = (
  | {
      readonly kind: 'helm';
      readonly release: Release;
      /** Of its document in the output, from 1. */
      readonly line: number;
      /** Where it is in the document: an item of a list. */
      readonly at: FieldPath;
    }
  | { readonly kind: 'kustomize'; readonly build: Build; readonly arrived: Arrived }
) & {
  /** The field of a rendered pointer that sets a field. */
  readonly setBy?: (path: FieldPath) => RenderedField | undefined;
};

/** A rendered release, and what it takes to render it again. */
export interface Release {
  readonly chart: HelmChart;
  readonly values: readonly ValuesSource[];
  readonly copy: string;
  readonly workdir: string;
  /** Template file (relative to the workspace) -> its lines. */
  readonly templates: ReadonlyMap<string, readonly string[]>;
  readonly names: KnownNames;
  /** Arguments of a rendering of this release from a chart's folder. */
  readonly args: (copy: string) => readonly string[];
  readonly output: string;
  readonly config: GateConfig;
  readonly context: RenderContext;
}

/** A kustomization that was built, and what it takes to build it again. */
export interface Build {
  /** Of the kustomization, relative to the workspace. */
  readonly path: string;
  /** Of its own, outside of the workspace. */
  readonly folder: string;
  readonly arrived: readonly Arrived[];
  /** Folders of the workspace that were fetched. */
  readonly fetched: readonly FetchedPart[];
  readonly config: GateConfig;
  readonly context: RenderContext;
}

/** A resource that a kustomization was built to. */
export interface Arrived {
  readonly resource: Identity;
  /** Undefined if it is not known what it began as. */
  readonly base: Base | undefined;
}
