import { createPublicKey } from 'node:crypto';
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

/** The required signer of a Sigstore bundle. */
export type SigstoreSigner =
  /** A workflow's short-lived certificate. Both are compared whole: a pattern such as `.../workflows/.+` would let any workflow sign. */
  | { readonly kind: 'sigstore'; readonly issuer: string; readonly identity: string }
  /** A key that the publisher keeps. PEM. */
  | { readonly kind: 'sigstore-key'; readonly publicKey: string };

export interface SigstoreInput {
  readonly artifact: Uint8Array;
  /** Sigstore bundle 0.1 to 0.3, JSON (https://docs.sigstore.dev/about/bundle/). */
  readonly bundle: string;
  /** Sigstore's TrustedRoot, JSON. */
  readonly trustedRoot: string;
  readonly signer: SigstoreSigner;
}

/**
 * Offline, by Sigstore's own library: the signature fits the artifact, the certificate comes from a trusted authority and was valid when a
 * trusted log or timestamp authority saw the signature, a certificate log knows the certificate, and the log entry is of this
 * very signature. Throws any error; the caller makes it TOOL_UNTRUSTED.
 * @returns the signer, in words.
 */
export function verifySigstore({ artifact, bundle: text, trustedRoot, signer }: SigstoreInput): string {
  const bundle: Bundle = bundleFromJSON(JSON.parse(text));
  // An attestation is a statement about the artifact, with any predicate.
  if (bundle.content.$case !== 'messageSignature') throw new Error('the bundle is not a signature of a file');
  const entity = toSignedEntity(bundle, Buffer.from(artifact));
  const root = TrustedRoot.fromJSON(JSON.parse(trustedRoot));
  if (signer.kind === 'sigstore-key') {
    if (bundle.verificationMaterial.content.$case !== 'publicKey')
      throw new Error('it is signed with a certificate, not with the key');
    const publicKey = createPublicKey(signer.publicKey);
    const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
    // The key is valid at any time, so no time need be proven. The log entry need be there: it shows misuse of the key to its owner.
    new Verifier(material, { timestampThreshold: 0 }).verify(entity);
    return "the publisher's key";
  }
  if (bundle.verificationMaterial.content.$case === 'publicKey')
    throw new Error('it is signed with a key, not with a certificate');
  const { identity } = new Verifier(toTrustMaterial(root)).verify(entity);
  const issuer = identity?.extensions?.issuer;
  if (identity?.subjectAlternativeName !== signer.identity || issuer !== signer.issuer)
    throw new Error(`it is signed by ${identity?.subjectAlternativeName} (of ${issuer}), not by ${signer.identity}`);
  return signer.identity;
}
