import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { attempt } from '../../model/attempt.ts';
import { memoizeByObject } from '../../model/memoize.ts';

/**
 * A certificate that is encoded and whose key is read once. Sigstore's class does both at each comparison, about ten times for a signature, which
 * was most of the time of its verification. Certificates are never changed.
 */
export class KnownCertificate extends X509Certificate {
  override get publicKey(): Buffer {
    return publicKeyOf(this);
  }

  override equals(other: X509Certificate): boolean {
    return derOf(this).equals(derOf(other));
  }

  override verify(issuer: X509Certificate = this): boolean {
    const key = keyOf(issuer);
    return attempt(() => verify(this.signatureAlgorithm, signedPartOf(this), key, this.signatureValue)) === true;
  }
}

/** DER. */
export const derOf = memoizeByObject((certificate: X509Certificate): Buffer => certificate.root.toDER());
const signedPartOf = memoizeByObject((certificate: X509Certificate): Buffer => certificate.tbsCertificate.toDER());
const publicKeyOf = memoizeByObject((certificate: X509Certificate): Buffer => new X509Certificate(certificate.root).publicKey);
const keyOf = memoizeByObject(
  (certificate: X509Certificate): KeyObject => createPublicKey({ key: certificate.publicKey, format: 'der', type: 'spki' }),
);

/** The authorities and logs of a trusted root. Throws for a certificate or key that is not one. */
export function trustMaterialOf(root: Parameters<typeof toTrustMaterial>[0]): TrustMaterial {
  const material = toTrustMaterial(root);
  const known = (authorities: TrustMaterial['certificateAuthorities']) =>
    authorities.map((authority) => ({
      ...authority,
      certChain: authority.certChain.map((one) => new KnownCertificate(one.root)),
    }));
  return {
    ...material,
    certificateAuthorities: known(material.certificateAuthorities),
    timestampAuthorities: known(material.timestampAuthorities),
  };
}
