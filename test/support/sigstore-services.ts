import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ASN1Obj } from '@sigstore/core';
import {
  fulcioHandler,
  type HandlerFn,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
} from '@sigstore/mock';
import { base64, logInRoot } from './sigstore-log.ts';

/**
 * A Sigstore of a test's own, with the HTTP APIs that cosign uses: an authority that issues certificates to whoever a token names, logs and a
 * timestamp authority. By @sigstore/mock, whose handlers are not bound to a server.
 */
export interface SigstoreServices {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** TrustedRoot, JSON. */
  trustedRoot(parts?: {
    readonly withoutLog?: boolean;
    readonly withoutTimestamps?: boolean;
    readonly withoutCertificateLog?: boolean;
  }): string;
  readonly ca: Awaited<ReturnType<typeof initializeCA>>;
  readonly tlog: Awaited<ReturnType<typeof initializeTLog>>;
  readonly tsa: Awaited<ReturnType<typeof initializeTSA>>;
  stop(): Promise<void>;
}

const logPath = '/api/v1/log/entries';
export const workflowIssuer = 'https://token.actions.githubusercontent.com';

/** A token as the authority reads it: unsigned. */
export function tokenFor(subject: string, claims: Readonly<Record<string, string>> = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ iss: workflowIssuer, sub: subject, aud: 'sigstore', iat: now, exp: now + 600, ...claims })}.c2ln`;
}

/** @param certificateLog Whether its certificates are published in a log. Those of GitHub's own Sigstore are not. */
export async function startSigstore({ certificateLog = true } = {}): Promise<SigstoreServices> {
  const [fulcio, ct, rekor, stamps] = [1, 2, 3, 4].map(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
  if (fulcio === undefined || ct === undefined || rekor === undefined || stamps === undefined) throw new Error('no keys');
  const ctLog = await initializeCTLog(ct);
  const ca = await initializeCA(fulcio, certificateLog ? ctLog : undefined);
  const tsa = await initializeTSA(stamps);
  const handlers: Record<string, (body: Buffer, authorization?: string) => ReturnType<HandlerFn>> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const handler = handlers[request.url ?? ''];
      if (handler === undefined) return response.writeHead(404).end();
      const { statusCode, response: body, contentType } = await handler(Buffer.concat(chunks), request.headers.authorization);
      // cosign takes the entry by the name in this header.
      const etag = request.url === logPath ? Object.keys(JSON.parse(String(body)))[0] : undefined;
      const headers = {
        'content-type': contentType ?? 'text/plain',
        ...(etag !== undefined && { etag, location: `${logPath}/${etag}` }),
      };
      return response.writeHead(statusCode, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const tlog = await initializeTLog(url, rekor);
  const certify = fulcioHandler(ca).fn;
  handlers['/api/v2/signingCert'] = async (body, authorization) => {
    const answer = await certify(withToken(body, authorization));
    return { ...answer, statusCode: answer.statusCode === 201 ? 200 : answer.statusCode };
  };
  const log1 = rekorHandler(tlog).fn;
  handlers[logPath] = (body) => log1(canonical(body.toString('utf8')));
  handlers['/api/v1/timestamp'] = async (body) => {
    // DER has no trailing zeros in fractions of a second, and @sigstore/core 3.2 reads only those with three digits.
    while (Date.now() % 10 !== 1) await sleep(1);
    return {
      statusCode: 201,
      response: await tsa.timestamp(readTimestampQuery(body)),
      contentType: 'application/timestamp-reply',
    };
  };
  const log = (publicKey: Uint8Array) => logInRoot(url, publicKey);
  const authority = (...certificates: readonly Uint8Array[]) => ({
    subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
    uri: url,
    certChain: { certificates: certificates.map((one) => ({ rawBytes: base64(one) })) },
    validFor: { start: '2020-01-01T00:00:00Z' },
  });
  return {
    url,
    ca,
    tlog,
    tsa,
    trustedRoot: ({ withoutLog = false, withoutTimestamps = false, withoutCertificateLog = false } = {}) =>
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        tlogs: withoutLog ? [] : [log(tlog.publicKey)],
        ctlogs: withoutCertificateLog ? [] : [log(ctLog.publicKey)],
        certificateAuthorities: [authority(bytesOf(ca.rootCertificate))],
        timestampAuthorities: withoutTimestamps ? [] : [authority(bytesOf(tsa.intCertificate), bytesOf(tsa.rootCertificate))],
      }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What Rekor stores of a proposed DSSE entry; @sigstore/mock stores what was proposed. https://github.com/sigstore/rekor/blob/main/types.md */
function canonical(text: string): string {
  const entry = JSON.parse(text);
  const { envelope, verifiers } = entry.spec?.proposedContent ?? {};
  if (entry.kind !== 'dsse' || envelope === undefined) return text;
  const { payload, signatures } = JSON.parse(envelope);
  const hash = (bytes: string | Buffer) => ({ algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') });
  const spec = {
    envelopeHash: hash(envelope),
    payloadHash: hash(Buffer.from(payload, 'base64')),
    signatures: signatures.map(({ sig }: { readonly sig: string }, index: number) => ({
      signature: sig,
      verifier: verifiers[index],
    })),
  };
  return JSON.stringify({ apiVersion: entry.apiVersion, kind: 'dsse', spec });
}

/** cosign 3 sends the token in a header, and accepts only status 200. */
function withToken(body: Buffer, authorization = ''): string {
  return JSON.stringify({
    credentials: { oidcIdentityToken: authorization.replace(/^Bearer /, '') },
    ...JSON.parse(body.toString('utf8')),
  });
}

/** TimeStampReq: https://www.rfc-editor.org/rfc/rfc3161#section-2.4.1 */
function readTimestampQuery(body: Buffer): Parameters<SigstoreServices['tsa']['timestamp']>[0] {
  const [, imprint] = ASN1Obj.parseBuffer(Buffer.from(body)).subs;
  const [algorithm, hash] = imprint?.subs ?? [];
  return {
    artifactHash: hash?.value ?? Buffer.alloc(0),
    hashAlgorithmOID: algorithm?.subs[0]?.toOID() ?? '',
    nonce: 1234567890,
    policyOID: '1.3.6.1.4.1.57264.2',
    certReq: true,
  };
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
