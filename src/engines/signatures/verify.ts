import { type KeyObject, X509Certificate } from 'node:crypto';
import { type SignedEntity, type Signer, type TrustMaterial, Verifier } from '@sigstore/verify';
import { type CertificateFacts, factsOf } from './certificate.ts';
import { derOf } from './known-certificate.ts';
import { isOfKey } from './log-key.ts';

/** What signatures are verified against. */
export interface Trust {
  readonly material: TrustMaterial;
  readonly transparencyLog: boolean;
  /** Whether its authorities publish certificates in a log; always true for the public Sigstore. */
  readonly certificateLog: boolean;
}

export type Verification =
  | {
      readonly ok: true;
      /** When it existed at the latest, by a log or a timestamp authority; undefined if nothing proves it. */
      readonly time: Date | undefined;
      readonly certificate?: CertificateFacts;
    }
  | { readonly ok: false; readonly signer: 'other' | 'unknown'; readonly why: string };

/** A signature with a certificate of one of the authorities, whoever it was issued to. */
export function verifyCertificate(entity: SignedEntity, trust: Trust): Verification {
  if (entity.key.$case !== 'certificate') return { ok: false, signer: 'other', why: 'it is signed with a key' };
  const certificate = derOf(entity.key.certificate);
  return firstThatVerifies(entity, trust, 1, (signer, times) => {
    const verified = { key: signer.key, certificate };
    return { verified, result: { ok: true, time: earliest(times), certificate: factsOf(signer) } };
  });
}

/** A signature by a known key; its certificate, if it has one, must be for that key. */
export function verifyKey(entity: SignedEntity, key: KeyObject, trust: Trust): Verification {
  const certificate = entity.key.$case === 'certificate' ? new X509Certificate(derOf(entity.key.certificate)) : undefined;
  if (certificate !== undefined && !certificate.publicKey.equals(key))
    return { ok: false, signer: 'other', why: 'it is signed with a certificate' };
  if (!entity.signature.verifySignature(key)) return { ok: false, signer: 'other', why: 'it is not a signature by the key' };
  const material = { ...trust.material, publicKey: () => ({ publicKey: key, validFor: () => true }) };
  const bare: SignedEntity = { ...entity, key: { $case: 'public-key', hint: '' } };
  // The key is valid at any time, so no time has to be proven.
  return firstThatVerifies(bare, { ...trust, material }, 0, (_, times) => {
    const verified = { key, certificate: certificate?.raw };
    return { verified, result: { ok: true, time: earliest(times) } };
  });
}

interface Accepted {
  readonly verified: { readonly key: KeyObject; readonly certificate: Buffer | undefined };
  readonly result: Verification;
}

/**
 * Sigstore's verifier fails on each proof that it cannot verify, even if others are sufficient, such as the timestamp of an unknown authority
 * next to a log entry. So proofs that are not required are also left out.
 */
function firstThatVerifies(
  entity: SignedEntity,
  { material, transparencyLog, certificateLog }: Trust,
  timestampThreshold: number,
  accept: (signer: Signer, times: readonly Date[]) => Accepted,
): Verification {
  const verifier = new Verifier(material, {
    timestampThreshold,
    tlogThreshold: transparencyLog ? 1 : 0,
    ctlogThreshold: certificateLog ? 1 : 0,
  });
  let why: string | undefined;
  for (const variant of variants(entity, transparencyLog)) {
    try {
      const { verified, result } = accept(verifier.verify(variant), timesOf(variant));
      if (variant.tlogEntries.every((entry) => isOfKey(entry, verified))) return result;
      why ??= 'its log entry is for another key or certificate';
    } catch (thrown) {
      why ??= reason(thrown);
    }
  }
  return { ok: false, signer: 'unknown', why: why ?? 'nothing in it can be verified' };
}

function variants(entity: SignedEntity, transparencyLog: boolean): readonly SignedEntity[] {
  const { timestamps } = entity;
  const [byLog, byAuthority] = (['transparency-log', 'timestamp-authority'] as const).map((kind) =>
    timestamps.filter(({ $case }) => $case === kind),
  );
  return [
    entity,
    ...(byAuthority?.length === 0 ? [] : [{ ...entity, timestamps: byLog ?? [] }]),
    ...(transparencyLog || entity.tlogEntries.length === 0
      ? []
      : [{ ...entity, tlogEntries: [], timestamps: byAuthority ?? [] }]),
    ...(transparencyLog ? [] : [{ ...entity, tlogEntries: [], timestamps: [] }]),
  ];
}

/** As Sigstore's verifier takes them: the time of a log entry counts if the log has signed it. */
function timesOf({ timestamps }: SignedEntity): readonly Date[] {
  return timestamps.flatMap((stamp) => {
    if (stamp.$case === 'timestamp-authority') return [stamp.timestamp.signingTime];
    const { inclusionPromise, integratedTime } = stamp.tlogEntry;
    return inclusionPromise === undefined ? [] : [new Date(Number(integratedTime) * 1000)];
  });
}

/** Anybody can get another, later timestamp for a signature, so the first one counts. */
function earliest(times: readonly Date[]): Date | undefined {
  return times.length === 0 ? undefined : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** Messages of Sigstore's library; other errors come from fields that are not as expected, and their text is of no use. */
function reason(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && /^[A-Z_]+$/.test(String(thrown.code))) {
    const [, unsupported] = /^unsupported (.*)/.exec(thrown.message) ?? [];
    if (unsupported !== undefined) return `its log entry is of a kind that is not supported (${unsupported.slice(0, 100)})`;
    return messages[String(thrown.code)] ?? thrown.message.slice(0, 200);
  }
  return 'a field of it is not as expected';
}

/** What the codes of https://github.com/sigstore/sigstore-js/blob/main/packages/verify/src/error.ts mean for a reader. */
const messages: Readonly<Record<string, string>> = {
  TIMESTAMP_ERROR: 'no trusted log or timestamp authority proves when it was signed',
  TLOG_MISSING_INCLUSION_ERROR: 'the proof of the transparency log is missing',
  TLOG_INCLUSION_PROOF_ERROR: 'the proof of the transparency log does not hold',
  TLOG_INCLUSION_PROMISE_ERROR: 'the promise of the transparency log is not by a trusted log',
  TLOG_BODY_ERROR: 'its log entry is about another signature',
  TLOG_ERROR: 'the proof of the transparency log is missing',
  CERTIFICATE_ERROR: 'its certificate is not by a trusted authority, or was not valid when it was signed',
  SIGNATURE_ERROR: 'the signature is not over this content',
};
