import type { FieldPath } from './field-path.ts';
import type { SourceLocation } from './location.ts';

/** One source of a release's values as its pointer sets it, with the place in the repository where each value is written. */
export interface ValuesLayer {
  /** What Helm reads. */
  readonly content: string;
  /** File of the repository, relative to the workspace. */
  readonly file: string;
  /** The text that lines are looked up in: the file, or as much of it as holds the values, at the same lines. */
  readonly text: string;
  /** Where the values begin in that text; absent: all of it. */
  readonly at?: FieldPath;
  /** The pointer that has the values, if it was itself rendered; `isText`: they are the lines of that field. */
  readonly from?: RenderedField & { readonly isText: boolean };
}

/** A field of a pointer that was itself rendered: where it is written is known once that field is traced. */
export interface RenderedField {
  /** How the pointer was rendered: the same object as its provenance. */
  readonly provenance: object;
  readonly path: FieldPath;
  /** A line (from 1) of the text that the field holds. */
  readonly line?: number;
}

/** A release of a chart as an Application, a HelmRelease or the like deploys it. */
export interface DeployedRelease {
  /** `Application argocd/shop` */
  readonly by: string;
  readonly name: string;
  readonly layers: readonly ValuesLayer[];
  /** Arguments of Helm for what values files cannot express. */
  readonly sets: readonly string[];
  readonly includeCrds: boolean;
  /** Options of Helm without a value: `--skip-tests`. */
  readonly options?: readonly string[];
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
}

/** Something that a pointer deploys and that was not rendered. */
export interface PointerGap {
  readonly path: FieldPath;
  /** `chart redis 18.0.0 of https://charts.example.com` */
  readonly what: string;
  readonly reason: string;
  readonly next: string;
}

/** A place that is known without tracing, for fields that a pointer sets. */
export type FixedPlace = (path: FieldPath) => SourceLocation | undefined;
