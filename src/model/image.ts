import type { FieldPath } from './field-path.ts';

/** `sidecar` is an init container with `restartPolicy: Always`; `custom` was found by a configured path. */
export const containerKinds = ['container', 'init', 'sidecar', 'ephemeral', 'custom'] as const;
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
}
