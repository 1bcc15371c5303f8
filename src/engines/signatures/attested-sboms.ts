import type { AttestedSbom, AttestedSboms, SbomAnswer } from '../../model/attested-sbom.ts';
import { toGateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { once } from '../../model/once.ts';
import { requireCanary } from './canary.ts';
import type { Found } from './candidate.ts';
import type { Claim } from './claim.ts';
import { type Accepted, judgeAll, problemOf, type ReadyRule } from './judge.ts';
import { hexOf, type ReadContext, RefusedRegistry, resolveImage } from './registry.ts';
import { rulesFor } from './rules.ts';
import { searchImage } from './search.ts';
import { sigstoreRoots } from './sigstore-roots.ts';
import { readRules, repositoryFiles } from './trust.ts';

/** By the prefix of their predicate type: GitHub and cosign add the version of the format, or not. */
const formats = [
  ['CycloneDX', /^https:\/\/cyclonedx\.org\/bom(\/v[\d.]+)?$/],
  ['SPDX', /^https:\/\/spdx\.dev\/Document(\/v[\d.]+)?$/],
] as const;

/**
 * SBOMs by signers of rules with `sbom: use`. One such rule is enough: its signers are trusted to list the packages of the image. Whether the
 * image satisfies the rules is for the engine to report.
 */
export function attestedSboms(context: ReadContext): AttestedSboms {
  const ready = once(() => readyRules(context));
  return async (image) => {
    try {
      return await find(context, image, await ready());
    } catch (thrown) {
      if (thrown instanceof RefusedRegistry) return { status: 'none', why: thrown.message };
      return { status: 'none', why: toGateError(thrown, 'ENGINE_FAILED').details.message };
    }
  };
}

async function readyRules(context: ReadContext): Promise<readonly ReadyRule[]> {
  const { ports, trusted, gateRoot, cacheDir, options, signal } = context;
  const roots = sigstoreRoots(ports, { gateRoot, cacheDir, refresh: options.refreshRoots, signal });
  const rules = options.rules.filter(({ sbom }) => sbom === 'use');
  const read = await readRules(rules, { roots, named: repositoryFiles(ports.files, trusted) });
  for (const one of read.values()) requireCanary(one);
  return [...read.values()];
}

async function find(context: ReadContext, image: Image, all: readonly ReadyRule[]): Promise<SbomAnswer> {
  const mine = rulesFor(image.reference, context.options);
  const ready = all.filter(({ rule }) => mine.includes(rule));
  const resolved = await resolveImage(context, image);
  const now = context.ports.clock.now();
  const read = (one: ReadyRule, found: Found) => sbomsOf(one, hexOf(resolved), found, now);
  const found = await searchImage(context, resolved, ready, (one, searched) => read(one, searched).sboms.length > 0);
  const answers = ready.map((one) => read(one, found));
  const [attested] = answers.flatMap(({ sboms }) => (sboms.length > 0 ? [sboms] : []));
  if (attested !== undefined) return { status: 'attested', digest: resolved.digest, sboms: attested };
  const unread =
    found.unavailable ??
    found.keptUnavailable?.why ??
    (found.refused === undefined ? undefined : `no request is sent to ${found.refused.host}`);
  return { status: 'none', why: (unread ?? answers.flatMap(({ whys }) => whys)[0] ?? 'none is attested').slice(0, 300) };
}

/** Those by the signers of a rule, recent enough; or why others are not used. */
function sbomsOf(
  ready: ReadyRule,
  hex: string,
  found: Found,
  now: Date,
): { readonly sboms: readonly AttestedSbom[]; readonly whys: readonly string[] } {
  const { accepted, rejected } = judgeAll(ready, hex, found, now);
  const requirement = { required: 'an SBOM', missing: 'missing-attestation' as const, is: isSbom, faults: () => [] };
  const age = { maxAge: ready.rule.maxAge, now };
  const sboms = accepted
    .filter((each) => isSbom(each.claim) && problemOf(requirement, [each], [], age) === undefined)
    .flatMap(toSbom);
  return { sboms, whys: problemOf(requirement, accepted, rejected, age)?.whys ?? [] };
}

function isSbom({ predicateType = '' }: Claim): boolean {
  return formats.some(([, pattern]) => pattern.test(predicateType));
}

function toSbom({ claim: { predicateType = '', predicate }, certificate }: Accepted): readonly AttestedSbom[] {
  const by = certificate?.identity ?? 'the key of the rule';
  return formats.flatMap(([format, pattern]) => (pattern.test(predicateType) ? [{ format, document: predicate, by }] : []));
}
