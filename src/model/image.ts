import type { FieldPath } from './field-path.ts';
import type { GateError } from './gate-error.ts';

/** `sidecar` is an init container with `restartPolicy: Always`; `custom` is a field of a custom resource, `volume` a mounted image. */
export const containerKinds = ['container', 'init', 'sidecar', 'ephemeral', 'custom', 'volume'] as const;
export type ContainerKind = (typeof containerKinds)[number];

export interface ImageUse {
  /** Resource.uid */
  readonly resource: string;
  readonly containerKind: ContainerKind;
  /** The container's name; absent for `custom`. */
  readonly container?: string;
  /** The field that contains the reference. */
  readonly path: FieldPath;
}

/** Where an image is read from: its registry, or a file provided by the user. */
export type ImageSource =
  | { readonly kind: 'registry' }
  | { readonly kind: 'archive'; readonly path: string } // docker save or OCI tar
  | { readonly kind: 'oci-layout'; readonly path: string }; // OCI image directory

/** A distinct image with all its uses. `reference` is as written in the manifests (`nginx:1.25`). */
export interface Image {
  readonly reference: string;
  readonly source: ImageSource;
  readonly uses: readonly ImageUse[];
  /** Set if no engine can scan it because the text is not a reference. */
  readonly unresolved?: Unresolved;
}

export interface Unresolved {
  /** The error that engines which scan images report; file and line are those of the first use. */
  readonly error: GateError;
  /** What the text is, in a few words: `a placeholder that ko replaces`. */
  readonly what: string;
  /** A parameter that the cluster resolves (Argo Workflows, Tekton), so the image is unknown in the repository. */
  readonly atRunTime: boolean;
}
