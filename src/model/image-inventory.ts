/** A package in an image, as Trivy lists it. Text from outside. */
export interface ImagePackage {
  readonly name: string;
  readonly version?: string;
  /** `pkg:apk/alpine/libcrypto3@3.5.1-r0?arch=x86_64` */
  readonly purl?: string;
  /** As the package states them: SPDX ids, expressions or names. */
  readonly licenses?: readonly string[];
}

/** What was found in each image, by its reference. An image without an entry was not scanned, or not successfully. */
export type ImagePackages = Readonly<Record<string, readonly ImagePackage[]>>;

/** An image, what runs it and what is in it. */
export interface ImageInventory {
  readonly reference: string;
  /** `sha256:…`, if it is known. */
  readonly digest?: string;
  readonly workloads: readonly { readonly resource: string; readonly environments: readonly string[] }[];
  /** Absent: it was not scanned. */
  readonly packages?: readonly ImagePackage[];
}
