// A Sigstore of this example's own, by @sigstore/mock: an authority that issues certificates to whoever is named, and the logs of certificates and
// signatures. A real one issues them to a workflow only for its own token.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

const issuer = 'https://token.actions.githubusercontent.com';
const issuerExtension = '1.3.6.1.4.1.57264.1.8';
const url = 'https://sigstore.example';

/** Returns its trusted root, JSON, and how to attest a statement as an identity, which returns a Sigstore bundle, JSON. */
export async function startExampleSigstore() {
  const certificateLog = await initializeCTLog(newKey());
  const authority = await initializeCA(newKey(), certificateLog);
  const log = await initializeTLog(url, newKey());
  return {
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [describeLog(log.publicKey)],
      ctlogs: [describeLog(certificateLog.publicKey)],
      certificateAuthorities: [
        {
          uri: url,
          certChain: { certificates: [{ rawBytes: base64(authority.rootCertificate) }] },
          validFor: { start: '2020-01-01T00:00:00Z' },
        },
      ],
      timestampAuthorities: [],
    }),
    attest: async (statement, identity) => {
      const { publicKey, privateKey } = newKey();
      const certificate = await authority.issueCertificate({
        publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
        subjectAltName: identity,
        extensions: [{ oid: issuerExtension, value: issuer }],
      });
      const payload = Buffer.from(JSON.stringify(statement));
      const sig = sign('sha256', preAuthEncoding(payload), privateKey).toString('base64');
      const verifier = `-----BEGIN CERTIFICATE-----\n${base64(certificate)}\n-----END CERTIFICATE-----\n`;
      const spec = {
        payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
        signatures: [{ signature: sig, verifier: Buffer.from(verifier).toString('base64') }],
      };
      const entries = Object.values(await log.log({ apiVersion: '0.0.1', kind: 'dsse', spec }));
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { certificate: { rawBytes: base64(certificate) }, tlogEntries: entries.map(toBundle) },
        dsseEnvelope: { payloadType, payload: payload.toString('base64'), signatures: [{ sig }] },
      });
    },
  };
}

export const payloadType = 'application/vnd.in-toto+json';

/** What is signed of a DSSE envelope: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
export function preAuthEncoding(payload) {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

/** An entry of the log, as a bundle contains it. */
function toBundle({ body, logIndex, logID, integratedTime, verification }) {
  const { inclusionProof: proof, signedEntryTimestamp } = verification;
  return {
    logIndex: String(logIndex),
    logId: { keyId: fromHex(logID) },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: fromHex(proof.rootHash),
      treeSize: String(proof.treeSize),
      hashes: [],
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: body,
  };
}

function describeLog(publicKey) {
  return {
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: base64(publicKey),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: '2020-01-01T00:00:00Z' },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  };
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

function base64(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function fromHex(text) {
  return Buffer.from(text, 'hex').toString('base64');
}
