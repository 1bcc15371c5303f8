import type { SignedEntity } from '@sigstore/verify';

/** A signature or attestation as it was found in the registry; nothing of it is verified. */
export interface Candidate {
  /** Where it was found: `signature 2 of sha256-….sig`. */
  readonly place: string;
  readonly entity: SignedEntity;
  readonly signed: Signed;
}

/** The signed text. */
export type Signed =
  /** cosign's simple signing payload: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
  | { readonly kind: 'payload'; readonly text: string }
  /** An in-toto statement in a DSSE envelope. */
  | { readonly kind: 'statement'; readonly text: string }
  /** A file, signed whole. `text`: hex of its SHA-256. */
  | { readonly kind: 'file'; readonly text: string };

/** One that is there and cannot be read: too large, of an unknown format, damaged. */
export interface Unreadable {
  readonly place: string;
  readonly why: string;
  /** Unless it is known that it would not count as the one. */
  readonly kind?: Signed['kind'];
}

/** What the registry has for one digest. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly unreadable: readonly Unreadable[];
}
