import { readBundle } from './bundle.ts';
import type { Candidate, Unreadable } from './candidate.ts';
import { findSignatures, type Searched } from './find.ts';
import type { ReadyRule } from './judge.ts';
import { hexOf, type ReadContext, type ResolvedImage, readerOf } from './registry.ts';
import { listOf } from './rules.ts';

/** GitHub returns the newest, at most so many. */
const maxKept = 100;

export interface ImageSearch extends Searched {
  /** Repositories at GitHub that were searched. */
  readonly kept: readonly string[];
  /** One that could not be read. */
  readonly keptUnavailable?: { readonly repository: string; readonly why: string };
}

/**
 * What is attached to an image in its registry, and if that is not sufficient for a rule, what GitHub keeps of it for the repositories of that
 * rule: a change cannot name one.
 */
export async function searchImage(
  context: ReadContext,
  image: ResolvedImage,
  rules: readonly ReadyRule[],
  isEnough: (rule: ReadyRule, found: Searched) => boolean,
): Promise<ImageSearch> {
  const attached = await findSignatures(readerOf(context, image), hexOf(image));
  const open = rules.filter((one) => one.rule.githubAttestations !== undefined && !isEnough(one, attached));
  const repositories = [...new Set(open.flatMap(({ rule }) => listOf(rule.githubAttestations ?? [])))];
  const found = await Promise.all(repositories.map((repository) => findKept(context, repository, image.digest)));
  const unread = found.flatMap(({ unavailable }, index) => (unavailable === undefined ? [] : [{ index, why: unavailable }]))[0];
  return {
    ...attached,
    candidates: [attached, ...found].flatMap(({ candidates }) => candidates),
    unreadable: [attached, ...found].flatMap(({ unreadable }) => unreadable),
    kept: repositories,
    ...(unread !== undefined && { keptUnavailable: { repository: repositories[unread.index] ?? '', why: unread.why } }),
  };
}

async function findKept({ ports }: ReadContext, repository: string, digest: string): Promise<Searched> {
  const where = `GitHub (${repository})`;
  const kept = (await ports.keptAttestations?.(repository, digest)) ?? noConnection;
  if (kept.status === 'unavailable') return { candidates: [], unreadable: [], unavailable: kept.why };
  const candidates: Candidate[] = [];
  const unreadable: Unreadable[] = [];
  for (const [index, one] of kept.attestations.entries()) {
    const place = `attestation ${index + 1} at ${where}`;
    try {
      if ('bundle' in one) candidates.push(readBundle(place, Buffer.from(one.bundle)));
      else unreadable.push({ place, why: one.why, kind: 'statement' });
    } catch {
      unreadable.push({ place, why: 'it is not an attestation as Sigstore defines it', kind: 'statement' });
    }
  }
  if (kept.attestations.length >= maxKept)
    unreadable.push({ place: where, why: `it may have more than the ${maxKept} newest attestations`, kind: 'statement' });
  return { candidates, unreadable };
}

const noConnection = { status: 'unavailable', why: 'there is no token for GitHub' } as const;
