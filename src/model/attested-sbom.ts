import type { Image } from './image.ts';

/** A bill of materials that an accepted signer attested for the digest of an image. Its signature is verified; its content is not. */
export interface AttestedSbom {
  readonly format: 'CycloneDX' | 'SPDX';
  /** JSON of any shape. */
  readonly document: unknown;
  /** Identity of the signer, or `the key of the rule`. */
  readonly by: string;
}

export type SbomAnswer =
  /** No rule wants one to be used. */
  | { readonly status: 'not-wanted' }
  /** `why`: `no SBOM is attested`, `HTTP 429`. */
  | { readonly status: 'none'; readonly why: string }
  /** `digest`: `sha256:…` of the image that all of them are about. */
  | { readonly status: 'attested'; readonly digest: string; readonly sboms: readonly AttestedSbom[] };

/** Never throws: without an SBOM, the image itself is scanned. */
export type AttestedSboms = (image: Image) => Promise<SbomAnswer>;
