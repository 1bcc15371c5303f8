import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import type { Candidate } from './candidate.ts';
import { readEnvelope } from './cosign-layers.ts';
import { toEntity } from './entity.ts';

/**
 * A Sigstore bundle, which cosign 3 and GitHub's attestations attach to an image. Throws if it is not one.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 */
export function readBundle(place: string, bytes: Buffer): Candidate {
  const bundle = bundleFromJSON(JSON.parse(bytes.toString('utf8')));
  const { content, verificationMaterial } = bundle;
  // A signature of the manifest itself: neither cosign nor policy-controller accepts one for an image.
  if (content.$case !== 'dsseEnvelope') throw new Error('it is a signature without a statement about the image');
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  return readEnvelope(place, {
    payloadType,
    payload,
    signatures: signatures.map(({ sig }) => sig),
    entityOf: (signature) =>
      toEntity({
        signature,
        certificate: certificateOf(bundle),
        entries: verificationMaterial.tlogEntries,
        timestamps: (verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? []).map(
          ({ signedTimestamp }) => signedTimestamp,
        ),
      }),
  });
}

/** The leaf: intermediate certificates come from the trusted root only. */
function certificateOf({ verificationMaterial: { content } }: Bundle): Buffer | undefined {
  switch (content.$case) {
    case 'publicKey':
      return undefined;
    case 'certificate':
      return content.certificate.rawBytes;
    case 'x509CertificateChain':
      return content.x509CertificateChain.certificates[0]?.rawBytes;
  }
}
