import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { readFileBundle } from './bundle.ts';
import { requireCanary } from './canary.ts';
import type { Candidate, Found, Unreadable } from './candidate.ts';
import { jsonLines } from './json-lines.ts';
import { type Accepted, judgeAll, type Problem, problemOf } from './judge.ts';
import { type Rule, signaturesOptionsSchema } from './options.ts';
import type { SigstoreRoots } from './sigstore-roots.ts';
import { readRules } from './trust.ts';

/** Bundles in one file: one for each signature, a line each. */
const maxBundles = 100;

const statementSchema = z.object({ predicate: z.unknown() });

/** A file with a statement, and who must have signed it. */
export interface SignedFile {
  readonly content: Buffer;
  /** Bundles, JSON or JSON lines, as `actions/attest`, `gh attestation download` and cosign write them. */
  readonly bundles: string;
  /** As in a rule of `engines.signatures`. */
  readonly signers: Pick<Rule, 'signedBy' | 'keys' | 'roots' | 'githubSigstore' | 'transparencyLog'>;
  /** What an attestation of the file contains; a signature of the file itself is as good. */
  readonly predicateType: string;
}

export type FileSignature =
  | { readonly ok: true; readonly by: string; readonly time: Date | undefined }
  | { readonly ok: false; readonly problem: Problem };

/** Verifies the signature of a file, as those of images are. Throws as readRules. */
export async function judgeFile(
  { content, bundles, signers, predicateType }: SignedFile,
  { roots, named, now }: { readonly roots: SigstoreRoots; readonly named: (file: string) => Promise<string>; readonly now: Date },
): Promise<FileSignature> {
  const { rules } = signaturesOptionsSchema.parse({ rules: [{ images: 'the file', ...signers }] });
  const [ready] = (await readRules(rules, { roots, named })).values();
  if (ready === undefined) throw new Error('not reached: a rule is ready, or it throws');
  requireCanary(ready);
  const { predicate } = statementSchema.parse(JSON.parse(content.toString('utf8')));
  const hex = createHash('sha256').update(content).digest('hex');
  const { accepted, rejected } = judgeAll({ ...ready, subject: 'file' }, hex, readBundles(bundles, content), now);
  const requirement = {
    required: 'a signature',
    missing: 'unsigned' as const,
    is: (claim: Accepted['claim']) => claim.predicateType === undefined || claim.predicateType === predicateType,
    faults: ({ claim }: Accepted) =>
      claim.predicateType === undefined || isDeepStrictEqual(claim.predicate, predicate)
        ? []
        : ['the attested predicate is not that of the file'],
  };
  const problem = problemOf(requirement, accepted, rejected, { maxAge: undefined, now });
  if (problem !== undefined) return { ok: false, problem };
  const signature = accepted.find((one) => requirement.is(one.claim) && requirement.faults(one).length === 0);
  return { ok: true, by: signature?.certificate?.identity ?? 'the key', time: signature?.time };
}

function readBundles(text: string, file: Buffer): Found {
  const whole = jsonLines(text);
  const candidates: Candidate[] = [];
  const unreadable: Unreadable[] = [];
  for (const [index, line] of whole.slice(0, maxBundles).entries()) {
    const place = whole.length === 1 ? 'the signature' : `signature ${index + 1}`;
    try {
      candidates.push(readFileBundle(place, line, file));
    } catch {
      unreadable.push({ place, why: 'it is not a Sigstore bundle' });
    }
  }
  if (whole.length === 0) unreadable.push({ place: 'the file', why: 'it is empty' });
  if (whole.length > maxBundles) unreadable.push({ place: 'the file', why: `it has more than ${maxBundles} bundles` });
  return { candidates, unreadable };
}
