import * as z from 'zod';
import type { Signed } from './candidate.ts';

/** What a signed text is about. Only of use once its signature is verified. */
export interface Claim {
  /** Hex of the SHA-256 of every image manifest or file that it is about. */
  readonly digests: readonly string[];
  /** The type of an attestation; undefined for a signature. */
  readonly predicateType?: string;
  readonly predicate?: unknown;
}

/** The predicate of signatures in cosign's bundles: `cosign verify` accepts any, we only this one. */
const signaturePredicate = 'https://sigstore.dev/cosign/sign/v1';

const payload = z.object({ critical: z.object({ image: z.object({ 'docker-manifest-digest': z.string() }) }) });
/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and spec/v0.1.0 */
const statement = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()).optional() })),
  predicateType: z.string(),
  predicate: z.unknown(),
});

/** Throws if the text is not of its kind. */
export function claimOf({ kind, text }: Signed): Claim {
  if (kind === 'file') return { digests: [text] };
  const json: unknown = JSON.parse(text);
  if (kind === 'payload') {
    const digest = payload.parse(json).critical.image['docker-manifest-digest'];
    return { digests: digest.startsWith('sha256:') ? [digest.slice('sha256:'.length)] : [] };
  }
  const { subject, predicateType, predicate } = statement.parse(json);
  const digests = subject.flatMap(({ digest }) => digest?.sha256 ?? []);
  return predicateType === signaturePredicate ? { digests } : { digests, predicateType, predicate };
}
