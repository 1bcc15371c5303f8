import { createPublicKey, type KeyObject } from 'node:crypto';
import { pem as derOf } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';
import * as z from 'zod';

type Entry = SignedEntity['tlogEntries'][number];

const pem = z.base64().transform((text) => Buffer.from(text, 'base64').toString('utf8'));
const one = <Item extends z.ZodType>(item: Item) => z.tuple([item]);
const raw = z.object({ rawBytes: z.base64().transform((text) => Buffer.from(text, 'base64')) });
const verifier = z.object({ publicKey: raw.optional(), x509Certificate: raw.optional() });

/** Where the entries of Rekor have the key or certificate that signed, by kind and version. */
const shapes: Readonly<Record<string, z.ZodType<string | z.infer<typeof verifier>>>> = {
  'hashedrekord 0.0.1': z
    .object({ spec: z.object({ signature: z.object({ publicKey: z.object({ content: pem }) }) }) })
    .transform(({ spec }) => spec.signature.publicKey.content),
  'dsse 0.0.1': z
    .object({ spec: z.object({ signatures: one(z.object({ verifier: pem })) }) })
    .transform(({ spec }) => spec.signatures[0].verifier),
  'intoto 0.0.2': z
    .object({
      spec: z.object({ content: z.object({ envelope: z.object({ signatures: one(z.object({ publicKey: pem })) }) }) }),
    })
    .transform(({ spec }) => spec.content.envelope.signatures[0].publicKey),
  'hashedrekord 0.0.2': z
    .object({ spec: z.object({ hashedRekordV002: z.object({ signature: z.object({ verifier }) }) }) })
    .transform(({ spec }) => spec.hashedRekordV002.signature.verifier),
  'dsse 0.0.2': z
    .object({ spec: z.object({ dsseV002: z.object({ signatures: one(z.object({ verifier })) }) }) })
    .transform(({ spec }) => spec.dsseV002.signatures[0].verifier),
};

/**
 * Whether a log entry was made with the key or certificate of the signature. Sigstore's library compares signature and digest only, so an entry
 * for the same signature by another key would pass as its proof, and its owner would never see it (GHSA-whqx-f9j3-ch6m, for cosign).
 */
export function isOfKey(entry: Entry, signer: { readonly key: KeyObject; readonly certificate: Buffer | undefined }): boolean {
  const { kind, version } = entry.kindVersion;
  const shape = shapes[`${kind} ${version}`];
  const found = shape?.safeParse(JSON.parse(entry.canonicalizedBody.toString('utf8')));
  if (found?.success !== true) return false;
  const { certificate, key } = keyIn(found.data);
  if (signer.certificate !== undefined) return certificate?.equals(signer.certificate) === true;
  return key !== undefined && createPublicKey({ key, format: 'der', type: 'spki' }).equals(signer.key);
}

function keyIn(found: string | z.infer<typeof verifier>): { readonly key?: Buffer; readonly certificate?: Buffer } {
  if (typeof found !== 'string') {
    const { publicKey, x509Certificate } = found;
    return {
      ...(publicKey !== undefined && { key: publicKey.rawBytes }),
      ...(x509Certificate !== undefined && { certificate: x509Certificate.rawBytes }),
    };
  }
  if (found.includes('BEGIN CERTIFICATE')) return { certificate: derOf.toDER(found) };
  return { key: createPublicKey(found).export({ type: 'spki', format: 'der' }) };
}
