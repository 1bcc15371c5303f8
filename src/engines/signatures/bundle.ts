import { createHash } from 'node:crypto';
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import type { SignedEntity } from '@sigstore/verify';
import type { Candidate } from './candidate.ts';
import { readEnvelope } from './cosign-layers.ts';
import { toEntity } from './entity.ts';
import { PlainSignature } from './signed-content.ts';

/**
 * A Sigstore bundle, which cosign 3 and GitHub's attestations attach to an image. Throws if it is not one.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md
 */
export function readBundle(place: string, bytes: Buffer): Candidate {
  const bundle = bundleFromJSON(JSON.parse(bytes.toString('utf8')));
  const { content } = bundle;
  // A signature of the manifest itself: neither cosign nor policy-controller accepts one for an image.
  if (content.$case !== 'dsseEnvelope') throw new Error('it is a signature without a statement about the image');
  return envelopeOf(place, bundle, content.dsseEnvelope);
}

/**
 * The same of a file, which may also be signed itself (`cosign sign-blob`), or be the signed statement (`cosign attest-blob --statement`).
 * Throws if it is not a bundle.
 */
export function readFileBundle(place: string, text: string, file: Buffer): Candidate {
  const bundle = bundleFromJSON(JSON.parse(text));
  const { content } = bundle;
  const signed = { kind: 'file', text: createHash('sha256').update(file).digest('hex') } as const;
  if (content.$case === 'messageSignature')
    return { place, signed, entity: entityOf(bundle, new PlainSignature(file, content.messageSignature.signature)) };
  const candidate = envelopeOf(place, bundle, content.dsseEnvelope);
  return content.dsseEnvelope.payload.equals(file) ? { ...candidate, signed } : candidate;
}

type Envelope = Extract<Bundle['content'], { $case: 'dsseEnvelope' }>['dsseEnvelope'];

function envelopeOf(place: string, bundle: Bundle, { payload, payloadType, signatures }: Envelope): Candidate {
  return readEnvelope(place, {
    payloadType,
    payload,
    signatures: signatures.map(({ sig }) => sig),
    entityOf: (signature) => entityOf(bundle, signature),
  });
}

function entityOf(bundle: Bundle, signature: SignedEntity['signature']): SignedEntity {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  return toEntity({
    signature,
    certificate: certificateOf(bundle),
    entries: tlogEntries,
    timestamps: (timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => signedTimestamp),
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
