import type { JsonObject } from '../../src/model/json.ts';
import type { Tool } from '../../src/model/tool.ts';
import { type Answer, type Answers, keyOf, kyvernoAnswers, ourAnswers } from './answers.ts';
import { type Known, known, withoutAbsent } from './known.ts';
import { type Candidate, packPolicies, policiesFrom } from './policies.ts';
import { randomFrom } from './random.ts';
import { resourcesFrom } from './resources.ts';

/** One policy and one resource, to which the policy applies on at least one side. */
export interface Pair {
  readonly candidate: Candidate;
  readonly object: JsonObject;
  readonly ours: Answer;
  readonly theirs: Answer;
  /** Kyverno's answer on the object as an API server decodes it, if the sides disagree. */
  readonly withoutAbsent?: { readonly theirs: Answer; readonly explained: boolean };
}

export interface Comparison {
  readonly pairs: readonly Pair[];
  /** The policy applies to the resource on both sides. */
  readonly bothApply: number;
  readonly agreeing: number;
  readonly explained: ReadonlyMap<Known, readonly Pair[]>;
  readonly unexplained: readonly Pair[];
}

export interface Size {
  readonly seed: number;
  readonly resources: number;
  /** Generated ones, in addition to the pack's and those of one expression each. */
  readonly policies: number;
}

export async function compare(tool: Tool, { seed, resources, policies }: Size): Promise<Comparison> {
  const random = randomFrom(seed);
  const candidates = [...packPolicies(), ...policiesFrom(random, policies)];
  const objects = resourcesFrom(random, resources);
  const pairs = pairsOf(
    candidates,
    objects,
    await ourAnswers(candidates, objects),
    await kyvernoAnswers(tool, candidates, objects),
  );
  const differing = await askWithoutAbsent(
    tool,
    pairs.filter((pair) => !agrees(pair)),
  );
  const explained = new Map<Known, Pair[]>(known.map((entry) => [entry, []]));
  const unexplained: Pair[] = [];
  for (const pair of differing) {
    const entry = known.find(({ holds }) => holds(pair));
    (entry === undefined ? unexplained : (explained.get(entry) ?? [])).push(pair);
  }
  const bothApply = pairs.filter(({ ours, theirs }) => ours !== none && theirs !== none).length;
  return { pairs, bothApply, agreeing: pairs.length - differing.length, explained, unexplained };
}

const none: Answer = { statuses: ['none'], messages: [] };

function pairsOf(
  candidates: readonly Candidate[],
  objects: readonly JsonObject[],
  ours: Answers,
  theirs: Answers,
): readonly Pair[] {
  const answer = (answers: Answers, candidate: Candidate, object: JsonObject): Answer =>
    answers.get(candidate.name)?.get(keyOf(object)) ?? none;
  return candidates
    .flatMap((candidate) =>
      objects.map((object) => ({
        candidate,
        object,
        ours: answer(ours, candidate, object),
        theirs: answer(theirs, candidate, object),
      })),
    )
    .filter((pair) => pair.ours !== none || pair.theirs !== none);
}

/**
 * Kyverno stops at the first validation that does not pass, we go on: so its one answer has to be among ours, and its message when it
 * refuses among ours. Reasons of errors are each side's own words.
 */
function agrees({ ours, theirs }: Pick<Pair, 'ours' | 'theirs'>): boolean {
  const [status] = theirs.statuses;
  if (status === undefined || !ours.statuses.includes(status)) return false;
  return status !== 'fail' || theirs.messages.every((message) => ours.messages.some((own) => saysSame(own, message)));
}

/** Where a policy has no message, ours shows the beginning of the expression. */
function saysSame(own: string, message: string): boolean {
  const [, beginning] = /^(failed expression: .*)…$/.exec(own) ?? [];
  return own === message || (beginning !== undefined && message.replaceAll(/\s+/g, ' ').startsWith(beginning));
}

async function askWithoutAbsent(tool: Tool, differing: readonly Pair[]): Promise<readonly Pair[]> {
  const doubtful = differing.filter(({ object, ours }) => ours !== none && object.kind !== 'Namespace');
  if (doubtful.length === 0) return differing;
  const objects = [...new Set(doubtful.map(({ object }) => object))].map(withoutAbsent);
  const namespaces = differing.length === 0 ? [] : resourcesFrom(randomFrom(0), 0);
  const answers = await kyvernoAnswers(
    tool,
    [...new Set(doubtful.map(({ candidate }) => candidate))],
    [...namespaces, ...objects],
  );
  return differing.map((pair) => {
    if (!doubtful.includes(pair)) return pair;
    const theirs = answers.get(pair.candidate.name)?.get(keyOf(pair.object)) ?? none;
    const without = { ...pair, object: withoutAbsent(pair.object), theirs };
    return { ...pair, withoutAbsent: { theirs, explained: agrees(without) || known.some(({ holds }) => holds(without)) } };
  });
}

/** `N pairs, N agree, N explained disagreements, 0 unexplained`, and a row for each explanation. */
export function report({ pairs, bothApply, agreeing, explained, unexplained }: Comparison, { seed }: Size): string {
  const rows = [...explained].map(([{ id, right }, found]) => `  ${String(found.length).padStart(6)}  ${id} (right: ${right})`);
  const sum = pairs.length - agreeing - unexplained.length;
  return [
    `seed ${seed}: ${pairs.length} pairs (${bothApply} judged by both), ${agreeing} agree, ${sum} explained disagreements, ${unexplained.length} unexplained`,
    ...rows,
    ...unexplained.slice(0, 20).map(describePair),
  ].join('\n');
}

function describePair({ candidate, object, ours, theirs }: Pair): string {
  const side = ({ statuses, messages }: Answer) => `${statuses.join('+')} ${messages.join(' | ').slice(0, 600)}`;
  const { spec } = candidate.policy;
  return `\n${candidate.name} on ${keyOf(object)}\n  k8s-gate: ${side(ours)}\n  kyverno:  ${side(theirs)}\n  ${JSON.stringify(spec).slice(0, 3000)}\n  ${JSON.stringify(object).slice(0, 3000)}`;
}
