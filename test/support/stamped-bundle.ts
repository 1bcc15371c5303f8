import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { identity, issuer, toBundleEntry } from './fake-sigstore.ts';
import type { SigstoreServices } from './sigstore-services.ts';

/** What was signed and by what, for an entry of the log. */
export interface Logged {
  readonly envelope: {
    readonly payloadType: string;
    readonly payload: string;
    readonly signatures: readonly [{ readonly sig: string }];
  };
  readonly certificate: Buffer;
}

/** A bundle with certificate and timestamp: without a log, as those of private repositories, or with an entry of any kind, proven as Rekor 2 does. */
export async function stamped(
  { ca, tsa, tlog }: SigstoreServices,
  statement: string,
  entryOf?: (signed: Logged) => { readonly kind: string; readonly apiVersion: string; readonly spec: object },
): Promise<Buffer> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const certificate = await ca.issueCertificate({
    publicKey: new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' })),
    subjectAltName: identity,
    extensions: [{ oid: '1.3.6.1.4.1.57264.1.8', value: issuer }],
  });
  const payloadType = 'application/vnd.in-toto+json';
  const payload = Buffer.from(statement);
  const sig = sign('sha256', dsse.preAuthEncoding(payloadType, payload), pair.privateKey);
  // As in sigstore-services.ts: only fractions with three digits are read.
  while (Date.now() % 10 !== 1) await new Promise((resolve) => setTimeout(resolve, 1));
  const signedTimestamp = await tsa.timestamp({
    artifactHash: createHash('sha256').update(sig).digest(),
    hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
    nonce: 1,
    policyOID: '1.3.6.1.4.1.57264.2',
    certReq: true,
  });
  const dsseEnvelope = { payloadType, payload: base64(payload), signatures: [{ sig: base64(sig) }] } as const;
  const logged = entryOf?.({ envelope: dsseEnvelope, certificate: Buffer.from(bytesOf(certificate)) });
  const entries = logged === undefined ? [] : Object.values(await tlog.log(logged)).map(toLogEntry);
  return Buffer.from(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: base64(bytesOf(certificate)) },
        ...(entries.length > 0 && { tlogEntries: entries }),
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(bytesOf(signedTimestamp)) }] },
      },
      dsseEnvelope,
    }),
  );
}

/** Rekor 2 gives neither a promise nor a time: https://github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md */
function toLogEntry(entry: Parameters<typeof toBundleEntry>[0]): object {
  const {
    inclusionPromise: _,
    integratedTime: _time,
    ...rest
  } = { inclusionPromise: 0, integratedTime: 0, ...toBundleEntry(entry) };
  return { ...rest, integratedTime: '0' };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
