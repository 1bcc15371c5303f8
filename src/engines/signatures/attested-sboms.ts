import type { AttestedSbom, AttestedSboms, SbomAnswer } from '../../model/attested-sbom.ts';
import { toGateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { requireCanary } from './canary.ts';
import type { Claim } from './claim.ts';
import { findSignatures } from './find.ts';
import { type Accepted, judgeAll, problemOf, type ReadyRule } from './judge.ts';
import { type ReadContext, RefusedRegistry, readerOf, resolveImage } from './registry.ts';
import { rulesFor } from './rules.ts';
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
  const ready = readyRules(context);
  return async (image) => {
    try {
      return await find(context, image, await ready());
    } catch (thrown) {
      if (thrown instanceof RefusedRegistry) return { status: 'none', why: thrown.message };
      return { status: 'none', why: toGateError(thrown, 'ENGINE_FAILED').details.message };
    }
  };
}

function readyRules(context: ReadContext): () => Promise<readonly ReadyRule[]> {
  const { ports, trusted, gateRoot, cacheDir, options, signal } = context;
  let reading: Promise<readonly ReadyRule[]> | undefined;
  return () => {
    const roots = sigstoreRoots(ports, { gateRoot, cacheDir, refresh: options.refreshRoots, signal });
    const rules = options.rules.filter(({ sbom }) => sbom === 'use');
    reading ??= readRules(rules, { roots, named: repositoryFiles(ports.files, trusted) }).then((read) => {
      for (const one of read.values()) requireCanary(one);
      return [...read.values()];
    });
    return reading;
  };
}

async function find(context: ReadContext, image: Image, ready: readonly ReadyRule[]): Promise<SbomAnswer> {
  const mine = rulesFor(image.reference, context.options);
  const resolved = await resolveImage(context, image);
  const hex = resolved.digest.slice('sha256:'.length);
  const found = await findSignatures(readerOf(context, resolved), hex);
  const now = context.ports.clock.now();
  const whys: string[] = [];
  for (const one of ready.filter(({ rule }) => mine.includes(rule))) {
    const { accepted, rejected } = judgeAll(one, hex, found, now);
    const requirement = { required: 'an SBOM', missing: 'missing-attestation' as const, is: isSbom, faults: () => [] };
    const age = { maxAge: one.rule.maxAge, now };
    const sboms = accepted
      .filter((each) => isSbom(each.claim) && problemOf(requirement, [each], [], age) === undefined)
      .flatMap(toSbom);
    if (sboms.length > 0) return { status: 'attested', digest: resolved.digest, sboms };
    whys.push(...(problemOf(requirement, accepted, rejected, age)?.whys ?? []));
  }
  const unread = found.unavailable ?? (found.refused === undefined ? undefined : `no request is sent to ${found.refused.host}`);
  return { status: 'none', why: (unread ?? whys[0] ?? 'none is attested').slice(0, 300) };
}

function isSbom({ predicateType = '' }: Claim): boolean {
  return formats.some(([, pattern]) => pattern.test(predicateType));
}

function toSbom({ claim: { predicateType = '', predicate }, certificate }: Accepted): readonly AttestedSbom[] {
  const by = certificate?.identity ?? 'the key of the rule';
  return formats.flatMap(([format, pattern]) => (pattern.test(predicateType) ? [{ format, document: predicate, by }] : []));
}
