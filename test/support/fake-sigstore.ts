import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';
import { base64, logInRoot } from './sigstore-log.ts';

/** A whole Sigstore of a test's own: authority, certificate log and signature log, which sign for any identity that a test names. */
export interface FakeSigstore {
  /** The TrustedRoot that knows this instance, JSON. `until`: when its authority ceased to be one. */
  trustedRoot(options?: { readonly until?: Date }): string;
  /** A bundle 0.3 for a file, JSON, as `cosign sign-blob --bundle` writes it. */
  signFile(artifact: Uint8Array, options?: Signing): Promise<string>;
  /** The same for an in-toto statement, as actions/attest and cosign write it: DSSE, with an entry `dsse 0.0.1` in the log. */
  attest(statement: string, options?: Signing): Promise<string>;
}

interface Signing {
  readonly identity?: string;
  readonly issuer?: string;
  /** Signs with this key instead of a certificate. */
  readonly privateKey?: KeyObject;
  /** What the log has as the key; by default, that of the signature. */
  readonly logged?: string;
}

export const identity = 'https://github.com/example/probe/.github/workflows/release.yaml@refs/tags/v1.2.3';
export const issuer = 'https://token.actions.githubusercontent.com';
const payloadType = 'application/vnd.in-toto+json';
const issuerExtension = '1.3.6.1.4.1.57264.1.8';

export async function createSigstore(): Promise<FakeSigstore> {
  const keys = { fulcio: ec('prime256v1'), ct: ec('prime256v1'), rekor: ec('prime256v1') };
  const ctLog = await initializeCTLog(keys.ct);
  const ca = await initializeCA(keys.fulcio, ctLog);
  const tlog = await initializeTLog('https://rekor.test.invalid', keys.rekor);
  const log = (publicKey: Uint8Array) => logInRoot('https://rekor.test.invalid', publicKey);
  /** A key with what the log and the bundle have of it. */
  const signer = async (signing: Signing) => {
    const pair = ec('prime256v1');
    const certificate = bytesOf(
      await ca.issueCertificate({
        publicKey: new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' })),
        subjectAltName: signing.identity ?? identity,
        extensions: [{ oid: issuerExtension, value: signing.issuer ?? issuer }],
      }),
    );
    const pem = `-----BEGIN CERTIFICATE-----\n${base64(certificate)}\n-----END CERTIFICATE-----\n`;
    if (signing.privateKey === undefined)
      return { privateKey: pair.privateKey, verifier: pem, material: { certificate: { rawBytes: base64(certificate) } } };
    const own = createPublicKey(signing.privateKey).export({ type: 'spki', format: 'pem' }).toString();
    return { privateKey: signing.privateKey, verifier: signing.logged ?? own, material: { publicKey: { hint: 'any' } } };
  };
  return {
    trustedRoot: ({ until } = {}) =>
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        tlogs: [log(tlog.publicKey)],
        ctlogs: [log(ctLog.publicKey)],
        certificateAuthorities: [
          {
            subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
            uri: 'https://fulcio.test.invalid',
            certChain: { certificates: [{ rawBytes: base64(bytesOf(ca.rootCertificate)) }] },
            validFor: { start: '2020-01-01T00:00:00Z', ...(until !== undefined && { end: until.toISOString() }) },
          },
        ],
        timestampAuthorities: [],
      }),
    async attest(statement, signing = {}) {
      const { privateKey, verifier, material } = await signer(signing);
      const payload = Buffer.from(statement);
      const signature = base64(sign('sha256', dsse.preAuthEncoding(payloadType, payload), privateKey));
      const entry = await tlog.log({
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
          payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
          signatures: [{ signature, verifier: base64(Buffer.from(verifier)) }],
        },
      });
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { ...material, tlogEntries: Object.values(entry).map(toBundleEntry) },
        dsseEnvelope: { payloadType, payload: base64(payload), signatures: [{ sig: signature }] },
      });
    },
    async signFile(artifact, signing = {}) {
      const { privateKey, verifier, material } = await signer(signing);
      const signature = sign('sha256', artifact, privateKey);
      const digest = createHash('sha256').update(artifact);
      const entry = await tlog.log({
        apiVersion: '0.0.1',
        kind: 'hashedrekord',
        spec: {
          data: { hash: { algorithm: 'sha256', value: digest.copy().digest('hex') } },
          signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(verifier)) } },
        },
      });
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { ...material, tlogEntries: Object.values(entry).map(toBundleEntry) },
        messageSignature: {
          messageDigest: { algorithm: 'SHA2_256', digest: digest.digest('base64') },
          signature: base64(signature),
        },
      });
    },
  };
}

type LogEntries = Awaited<ReturnType<Awaited<ReturnType<typeof initializeTLog>>['log']>>;

/** Rekor's answer, as a bundle has it. */
export function toBundleEntry(entry: LogEntries[string]): object {
  const { kind, apiVersion: version } = JSON.parse(Buffer.from(String(entry.body), 'base64').toString('utf8'));
  const proof = entry.verification?.inclusionProof;
  const hex = (text: string): string => Buffer.from(text, 'hex').toString('base64');
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: hex(entry.logID) },
    kindVersion: { kind, version },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp: entry.verification?.signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof?.logIndex),
      rootHash: hex(proof?.rootHash ?? ''),
      treeSize: String(proof?.treeSize),
      hashes: [],
      checkpoint: { envelope: proof?.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

function ec(namedCurve: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve });
}
const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
