import { isDeepStrictEqual } from 'node:util';
import { parseDuration } from '../../model/duration.ts';
import type { ProvenanceRule, Rule, SignaturesOptions } from './options.ts';
import { listOf } from './rules.ts';

const unsignedOrder = ['off', 'warn', 'block'] as const;

/**
 * Whether other settings refuse every image that the old ones refuse. Only what is certain by comparing lists counts: every old rule is still
 * there, or is stricter. Anything else may let more pass.
 */
export function tightens(
  {
    rules: wasRules,
    unsigned: wasUnsigned,
    insecureRegistries: wasInsecure,
    imageTimeout: _,
    parallel: _p,
    ...was
  }: SignaturesOptions,
  { rules, unsigned, insecureRegistries, imageTimeout: __, parallel: __p, ...now }: SignaturesOptions,
): boolean {
  // With `unsigned`, an image that no rule matches is a finding, and a rule that its author can satisfy removes that finding.
  const patterns = wasUnsigned === 'off' ? undefined : wasRules.flatMap(({ images }) => listOf(images));
  return (
    isDeepStrictEqual(was, now) &&
    unsignedOrder.indexOf(unsigned) >= unsignedOrder.indexOf(wasUnsigned) &&
    isPart(insecureRegistries, wasInsecure) &&
    wasRules.every((rule) => rules.some((one) => isStricter(rule, one))) &&
    rules.every((rule) => rule.sbom === 'ignore' || wasRules.some((one) => trustsSboms(one, rule))) &&
    (patterns === undefined || rules.every(({ images }) => isPart(listOf(images), patterns)))
  );
}

/** Another rule, image or signer whose SBOM replaces a scan lets more pass, although it requires more. */
function trustsSboms(was: Rule, now: Rule): boolean {
  return was.sbom === 'use' && isPart(listOf(now.images), listOf(was.images)) && isStricter(was, now);
}

function isStricter(
  { images: wasImages, signedBy: wasSigners, keys: wasKeys, ...was }: Rule,
  { images, signedBy, keys, ...now }: Rule,
): boolean {
  const {
    provenance: wasProvenance,
    attestations: wasAttestations,
    maxAge: wasAge,
    transparencyLog: wasLog,
    sbom: _,
    ...wasRest
  } = was;
  const { provenance, attestations, maxAge, transparencyLog, sbom: __, ...rest } = now;
  return (
    isPart(listOf(wasImages), listOf(images)) &&
    isPart(keys, wasKeys) &&
    signedBy.every(({ issuer, identity }) =>
      wasSigners.some((one) => one.issuer === issuer && isPart(listOf(identity), listOf(one.identity))),
    ) &&
    // The first attestation that is required replaces the signature, and one of another type may be about an image that was only scanned.
    requiresSignature(was) === requiresSignature(now) &&
    (wasProvenance === undefined || isStricterProvenance(wasProvenance, provenance)) &&
    wasAttestations.every(({ predicateType, required }) =>
      attestations.some((one) => one.predicateType === predicateType && (one.required || !required)),
    ) &&
    (wasAge === undefined || isAtMost(maxAge, wasAge)) &&
    (transparencyLog || !wasLog) &&
    isDeepStrictEqual(wasRest, rest)
  );
}

function requiresSignature({ provenance, attestations }: Pick<Rule, 'provenance' | 'attestations'>): boolean {
  return provenance === undefined && attestations.length === 0;
}

function isStricterProvenance(was: ProvenanceRule, now: ProvenanceRule | undefined): boolean {
  if (now === undefined) return false;
  const narrower = (before: readonly string[], after: readonly string[]): boolean =>
    before.length === 0 || (after.length > 0 && isPart(after, before));
  const lists = (rule: ProvenanceRule) =>
    [
      listOf(rule.builder ?? []),
      listOf(rule.source ?? []),
      listOf(rule.buildType ?? []),
      // Either is accepted.
      [...listOf(rule.branch ?? []).map((name) => `branch ${name}`), ...listOf(rule.tag ?? []).map((name) => `tag ${name}`)],
    ] as const;
  const after = lists(now);
  return lists(was).every((before, index) => narrower(before, after[index] ?? []));
}

function isAtMost(age: string | undefined, most: string): boolean {
  const [own, allowed] = [parseDuration(age ?? ''), parseDuration(most)];
  return own !== undefined && allowed !== undefined && own <= allowed;
}

function isPart<T>(part: readonly T[], all: readonly T[]): boolean {
  return part.every((one) => all.some((each) => isDeepStrictEqual(one, each)));
}
