import type { SignedEntity } from '@sigstore/verify';
import * as z from 'zod';
import type { Candidate } from './candidate.ts';
import { toEntity } from './entity.ts';
import { EnvelopeSignature, PlainSignature } from './signed-content.ts';

/**
 * What cosign until version 2 writes, and version 3 with `--new-bundle-format=false`: tags `sha256-….sig` and `sha256-….att`, one layer for
 * each signature, with the rest in its annotations. https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
const base64 = z.base64();
const logEntry = z.object({
  SignedEntryTimestamp: base64,
  Payload: z.object({
    body: base64,
    integratedTime: z.int().nonnegative(),
    logIndex: z.int().nonnegative(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const timestamp = z.object({ SignedRFC3161Timestamp: base64 });
const kindOf = z.object({ kind: z.string(), apiVersion: z.string() });
const envelope = z.object({
  payloadType: z.string(),
  payload: base64,
  signatures: z.array(z.object({ sig: base64 })),
});

export const annotationsSchema = z.record(z.string(), z.string());
type Annotations = z.infer<typeof annotationsSchema>;

/** A layer of a `.sig` tag. Throws if it is not one. */
export function readSignatureLayer(place: string, annotations: Annotations, bytes: Buffer): Candidate {
  const signature = base64.parse(annotations['dev.cosignproject.cosign/signature']);
  return {
    place,
    signed: { kind: 'payload', text: bytes.toString('utf8') },
    entity: entityOf(annotations, new PlainSignature(bytes, Buffer.from(signature, 'base64'))),
  };
}

/** A layer of an `.att` tag: a DSSE envelope. Throws if it is not one. */
export function readAttestationLayer(place: string, annotations: Annotations, bytes: Buffer): Candidate {
  const { payloadType, payload, signatures } = envelope.parse(JSON.parse(bytes.toString('utf8')));
  return readEnvelope(place, {
    payloadType,
    payload: Buffer.from(payload, 'base64'),
    signatures: signatures.map(({ sig }) => Buffer.from(sig, 'base64')),
    entityOf: (signature) => entityOf(annotations, signature),
    whole: bytes,
  });
}

/** A DSSE envelope with one signature, as everybody writes it. */
export function readEnvelope(
  place: string,
  from: {
    readonly payloadType: string;
    readonly payload: Buffer;
    readonly signatures: readonly Buffer[];
    readonly entityOf: (signature: SignedEntity['signature']) => SignedEntity;
    readonly whole?: Buffer;
  },
): Candidate {
  const { payloadType, payload, signatures, entityOf: build, whole } = from;
  const [signature, ...others] = signatures;
  if (payloadType !== 'application/vnd.in-toto+json') throw new Error(`its payload is of type ${JSON.stringify(payloadType)}`);
  if (signature === undefined || others.length > 0) throw new Error(`it has ${signatures.length} signatures instead of one`);
  return {
    place,
    signed: { kind: 'statement', text: payload.toString('utf8') },
    entity: build(new EnvelopeSignature({ payloadType, payload, signature }, whole)),
  };
}

function entityOf(annotations: Annotations, signature: SignedEntity['signature']): SignedEntity {
  const stamp = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  return toEntity({
    signature,
    certificate: certificate === '' ? undefined : certificate,
    entries: entriesOf(annotations['dev.sigstore.cosign/bundle']),
    timestamps: stamp ? [Buffer.from(timestamp.parse(JSON.parse(stamp)).SignedRFC3161Timestamp, 'base64')] : [],
  });
}

function entriesOf(text: string | undefined): SignedEntity['tlogEntries'] {
  if (!text) return [];
  const { SignedEntryTimestamp, Payload } = logEntry.parse(JSON.parse(text));
  const canonicalizedBody = Buffer.from(Payload.body, 'base64');
  const { kind, apiVersion } = kindOf.parse(JSON.parse(canonicalizedBody.toString('utf8')));
  return [
    {
      logIndex: String(Payload.logIndex),
      logId: { keyId: Buffer.from(Payload.logID, 'hex') },
      kindVersion: { kind, version: apiVersion },
      integratedTime: String(Payload.integratedTime),
      inclusionPromise: { signedEntryTimestamp: Buffer.from(SignedEntryTimestamp, 'base64') },
      inclusionProof: undefined,
      canonicalizedBody,
    },
  ];
}
