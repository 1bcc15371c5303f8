import type { FieldPath } from './field-path.ts';
import type { GateError } from './gate-error.ts';

/** `sidecar` is an init container with `restartPolicy: Always`; `custom` is a field of a custom resource, `volume` an image that is mounted. */
export const containerKinds = ['container', 'init', 'sidecar', 'ephemeral', 'custom', 'volume'] as const;
export type ContainerKind = (typeof containerKinds)[number];

export interface ImageUse {
  /** Resource.uid */
  readonly resource: string;
  readonly containerKind: ContainerKind;
  /** The container's name; absent for `custom`. */
  readonly container?: string;
  /** The field that holds the reference. */
  readonly path: FieldPath;
}

/** Where the bits of an image are: the registry named by the reference, or a file the user has. */
export type ImageSource =
  | { readonly kind: 'registry' }
  | { readonly kind: 'archive'; readonly path: string } // docker save or OCI tar
  | { readonly kind: 'oci-layout'; readonly path: string }; // OCI image directory

/** One image, however often used. `reference` is as written in the manifests (`nginx:1.25`). */
export interface Image {
  readonly reference: string;
  readonly source: ImageSource;
  readonly uses: readonly ImageUse[];
  /** No engine can scan it: what is written is no reference. */
  readonly unresolved?: Unresolved;
}

export interface Unresolved {
  /** What an engine answers that is to scan images; file and line are those of the first use. */
  readonly error: GateError;
  /** What the text is, in a few words: `a placeholder that ko replaces`. */
  readonly what: string;
  /** A parameter that the cluster resolves (Argo Workflows, Tekton): nothing in the repository could name the image. */
  readonly atRunTime: boolean;
}
