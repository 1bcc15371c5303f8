import { RFC3161Timestamp, X509Certificate } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';
import { attempt } from '../../model/attempt.ts';
import { KnownCertificate } from './known-certificate.ts';

type Entry = SignedEntity['tlogEntries'][number];

/**
 * The parts of a signature as Sigstore's verifier takes them. A timestamp that cannot be parsed is left out: it proves nothing, and others may.
 * @param certificate PEM or DER; undefined for a signature by a key.
 */
export function toEntity(parts: {
  readonly signature: SignedEntity['signature'];
  readonly certificate: string | Buffer | undefined;
  readonly entries: readonly Entry[];
  readonly timestamps: readonly Uint8Array[];
}): SignedEntity {
  const { signature, certificate, entries, timestamps } = parts;
  return {
    signature,
    key:
      certificate === undefined
        ? { $case: 'public-key', hint: '' }
        : { $case: 'certificate', certificate: new KnownCertificate(X509Certificate.parse(asDer(certificate)).root) },
    tlogEntries: [...entries],
    timestamps: [
      ...entries.flatMap((tlogEntry) =>
        Number(tlogEntry.integratedTime) > 0 ? [{ $case: 'transparency-log' as const, tlogEntry }] : [],
      ),
      ...timestamps.flatMap((bytes) => {
        const timestamp = attempt(() => RFC3161Timestamp.parse(Buffer.from(bytes)));
        return timestamp === undefined ? [] : [{ $case: 'timestamp-authority' as const, timestamp }];
      }),
    ],
  };
}

function asDer(certificate: string | Buffer): string | Buffer<ArrayBuffer> {
  return typeof certificate === 'string' ? certificate : Buffer.from(certificate);
}
