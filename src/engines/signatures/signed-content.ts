import { createHash, type KeyObject, verify } from 'node:crypto';
import { dsse } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';
import { attempt } from '../../model/attempt.ts';

type SignatureContent = SignedEntity['signature'];

/** A signature over bytes, with the digest that a log entry has of them. */
export class PlainSignature implements SignatureContent {
  /** What a timestamp authority has signed. */
  readonly signature: Buffer;
  readonly #bytes: Buffer;
  readonly #own: Buffer;

  /** @param timestamped cosign's attestations have timestamps of the whole envelope instead of its signature. */
  constructor(bytes: Buffer, signature: Buffer, timestamped = signature) {
    this.#bytes = bytes;
    this.#own = signature;
    this.signature = timestamped;
  }

  compareSignature(signature: Buffer): boolean {
    return this.#own.equals(signature);
  }

  compareDigest(digest: Buffer): boolean {
    return createHash('sha256').update(this.#bytes).digest().equals(digest);
  }

  verifySignature(key: KeyObject): boolean {
    return isSignedBy(key, this.#bytes, this.#own);
  }
}

/** The only signature of a DSSE envelope: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
export class EnvelopeSignature extends PlainSignature {
  readonly #signed: Buffer;
  readonly #over: Buffer;

  constructor(envelope: { readonly payloadType: string; readonly payload: Buffer; readonly signature: Buffer }, whole?: Buffer) {
    super(envelope.payload, envelope.signature, whole);
    this.#signed = envelope.signature;
    this.#over = dsse.preAuthEncoding(envelope.payloadType, envelope.payload);
  }

  override verifySignature(key: KeyObject): boolean {
    return isSignedBy(key, this.#over, this.#signed);
  }
}

/** SHA-256 as cosign for every key except Ed25519, which has its own digest. */
function isSignedBy(key: KeyObject, bytes: Buffer, signature: Buffer): boolean {
  return attempt(() => verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key, signature)) === true;
}
