import type { KeyObject } from 'node:crypto';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Candidate, Found, Signed, Unreadable } from './candidate.ts';
import type { CertificateFacts } from './certificate.ts';
import { type Claim, claimOf } from './claim.ts';
import type { Rule } from './options.ts';
import { provenanceFaults, provenanceTypes } from './provenance.ts';
import { matchesAny } from './rules.ts';
import { type Trust, type Verification, verifyCertificate, verifyKey } from './verify.ts';

/** A rule with its keys and roots read. */
export interface ReadyRule {
  readonly rule: Rule;
  readonly keys: readonly KeyObject[];
  /** Any of them. */
  readonly trusts: readonly Trust[];
  /** What signatures are about; absent: an image. */
  readonly subject?: 'image' | 'file';
}

/** The rules of findings, from the problem that is nearest to being fixed to the worst. */
export const signatureRules = [
  'too-old',
  'untrusted-provenance',
  'untrusted-signer',
  'invalid-signature',
  'unreadable',
  'missing-attestation',
  'unsigned',
] as const;
type SignatureRule = (typeof signatureRules)[number];

export interface Problem {
  readonly rule: SignatureRule;
  /** What was required, as a noun: `a signature`, `an attestation of type …`. */
  readonly required: string;
  /** Why it is not there, for each candidate that came nearest. */
  readonly whys: readonly string[];
}

/** A candidate by an accepted signer about the digest. */
export interface Accepted {
  readonly place: string;
  readonly claim: Claim;
  readonly time: Date | undefined;
  readonly certificate: CertificateFacts | undefined;
}
interface Rejected {
  readonly rule: SignatureRule;
  readonly why: string;
  readonly claim: Claim | undefined;
  readonly kind: Signed['kind'] | undefined;
}

/** Time by which the clocks of this machine and of a log may differ. */
const skewMs = 5 * 60_000;

/**
 * What of a rule does not hold for an image. Each requirement is met by one signature or attestation that meets all of it; what else is
 * attached to the image is ignored. Throws GateError if the clock of this machine cannot be right.
 */
export function judgeRule(ready: ReadyRule, hex: string, found: Found, now: Date): readonly Problem[] {
  const { rule } = ready;
  const { accepted, rejected } = judgeAll(ready, hex, found, now);
  const problems: (Problem | undefined)[] = [];
  const check = (requirement: Omit<Requirement, 'faults'> & Partial<Pick<Requirement, 'faults'>>) => {
    problems.push(problemOf({ faults: () => [], ...requirement }, accepted, rejected, { maxAge: rule.maxAge, now }));
  };
  if (rule.provenance === undefined && rule.attestations.length === 0)
    check({ required: 'a signature', missing: 'unsigned', is: (claim) => claim.predicateType === undefined });
  const { provenance } = rule;
  if (provenance !== undefined)
    check({
      required: 'SLSA provenance',
      missing: 'missing-attestation',
      is: ({ predicateType }) => predicateType !== undefined && provenanceTypes.includes(predicateType),
      faults: ({ claim, certificate }) => faultsOf(claim, certificate, provenance),
    });
  for (const { predicateType, required } of rule.attestations) {
    const is = (claim: Claim) => claim.predicateType === predicateType;
    if (required || [...accepted, ...rejected].some(({ claim }) => claim !== undefined && is(claim)))
      check({ required: `an attestation of type ${predicateType}`, missing: 'missing-attestation', is });
  }
  return problems.filter((problem) => problem !== undefined);
}

/** Everything that was found, by whether an accepted signer made it about the digest. Throws as judgeRule. */
export function judgeAll(
  ready: ReadyRule,
  hex: string,
  { candidates, unreadable }: Found,
  now: Date,
): { readonly accepted: readonly Accepted[]; readonly rejected: readonly Rejected[] } {
  const judged = candidates.map((candidate) => judgeCandidate(ready, candidate, hex));
  const accepted = judged.flatMap((one) => ('place' in one ? [one] : []));
  requireClock(accepted, now);
  return {
    accepted,
    rejected: [...judged.flatMap((one) => ('place' in one ? [] : [one])), ...unreadable.map(rejectUnreadable)],
  };
}

interface Requirement {
  readonly required: string;
  readonly missing: SignatureRule;
  readonly is: (claim: Claim) => boolean;
  readonly faults: (one: Accepted) => readonly string[];
}

export function problemOf(
  { required, missing, is, faults }: Requirement,
  accepted: readonly Accepted[],
  rejected: readonly Rejected[],
  age: { readonly maxAge: string | undefined; readonly now: Date },
): Problem | undefined {
  const reasons: { readonly rule: SignatureRule; readonly why: string }[] = [];
  for (const one of accepted.filter(({ claim }) => is(claim))) {
    const found = faults(one);
    const old = tooOld(one, age);
    if (found.length === 0 && old === undefined) return undefined;
    if (found.length > 0) reasons.push({ rule: 'untrusted-provenance', why: `${one.place}: ${found.join('; ')}` });
    else reasons.push({ rule: 'too-old', why: `${one.place}: ${old ?? ''}` });
  }
  const isSignature = missing === 'unsigned';
  reasons.push(...rejected.filter(({ claim, kind }) => (claim === undefined ? kind !== 'payload' || isSignature : is(claim))));
  const nearest = signatureRules.find((rule) => reasons.some((one) => one.rule === rule));
  if (nearest === undefined) return { rule: missing, required, whys: [] };
  return { rule: nearest, required, whys: reasons.filter((one) => one.rule === nearest).map(({ why }) => why) };
}

function judgeCandidate(
  { rule, keys, trusts, subject = 'image' }: ReadyRule,
  candidate: Candidate,
  hex: string,
): Accepted | Rejected {
  const { place, signed, entity } = candidate;
  let claim: Claim | undefined;
  const reject = (name: SignatureRule, why: string): Rejected => ({
    rule: name,
    why: `${place}: ${why}`,
    claim,
    kind: signed.kind,
  });
  try {
    claim = claimOf(signed);
  } catch {
    return reject('unreadable', 'what it is about cannot be read');
  }
  const { digests } = claim;
  let other: string | undefined;
  let invalid: string | undefined;
  let knownSigner = false;
  const note = (found: Verification): void => {
    if (found.ok) return;
    if (found.signer === 'other') other ??= found.why;
    else invalid ??= found.why;
  };
  const accept = (found: Verification & { readonly ok: true }): Accepted | Rejected =>
    claim !== undefined && digests.includes(hex)
      ? { place, claim, time: found.time, certificate: found.certificate }
      : reject(
          'invalid-signature',
          `it is about another ${subject}: ${digests.map((digest) => `sha256:${digest.slice(0, 12)}…`).join(', ')}`,
        );
  for (const trust of trusts) {
    for (const key of keys) {
      const found = verifyKey(entity, key, trust);
      if (found.ok) return accept(found);
      note(found);
    }
    if (rule.signedBy.length === 0) continue;
    const found = verifyCertificate(entity, trust);
    if (found.ok && isAccepted(rule, found.certificate)) return accept(found);
    if (found.ok) {
      other = `it is signed by ${whoIs(found.certificate)}`;
      knownSigner = true;
    }
    note(found);
  }
  return invalid === undefined || knownSigner
    ? reject('untrusted-signer', other ?? 'its signer is unknown')
    : reject('invalid-signature', invalid);
}

function isAccepted({ signedBy }: Rule, certificate: CertificateFacts | undefined): boolean {
  return (
    certificate !== undefined &&
    signedBy.some(({ issuer, identity }) => issuer === certificate.issuer && matchesAny(identity, certificate.identity))
  );
}

function whoIs(certificate: CertificateFacts | undefined): string {
  return `${(certificate?.identity || 'an unnamed identity').slice(0, 300)} (issuer ${(certificate?.issuer || 'unknown').slice(0, 200)})`;
}

function rejectUnreadable({ place, why, kind }: Unreadable): Rejected {
  return { rule: 'unreadable', why: `${place}: ${why}`, claim: undefined, kind };
}

function faultsOf(
  claim: Claim,
  certificate: CertificateFacts | undefined,
  rule: NonNullable<Rule['provenance']>,
): readonly string[] {
  try {
    return provenanceFaults(claim, certificate, rule);
  } catch {
    return ['it is not as SLSA defines it'];
  }
}

function tooOld(
  { time }: Accepted,
  { maxAge, now }: { readonly maxAge: string | undefined; readonly now: Date },
): string | undefined {
  if (maxAge === undefined) return undefined;
  if (time === undefined) return 'nothing proves when it was signed';
  const allowed = parseDuration(maxAge) ?? 0;
  return now.getTime() - time.getTime() <= allowed ? undefined : `it was signed on ${time.toISOString().slice(0, 10)}`;
}

/** With a clock that is slow, an old signature would look young. */
function requireClock(accepted: readonly Accepted[], now: Date): void {
  const future = accepted.find(({ time }) => time !== undefined && time.getTime() > now.getTime() + skewMs);
  if (future === undefined) return;
  throw new GateError('ENGINE_FAILED', {
    message: `the clock of this machine is wrong: it shows ${now.toISOString()}, and ${future.place} was signed on ${future.time?.toISOString()}`,
    expected: 'a clock that is not earlier than a proven time',
    next: 'Correct the clock, and run again.',
  });
}
