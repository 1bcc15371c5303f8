import { isArray, isObject, type JsonObject } from '../../../src/model/json.ts';
import { type Answer, statusesOf } from './oracle.ts';
import { type OurAnswer, ourAnswer } from './ours.ts';
import type { Published } from './published.ts';

/**
 * How the two answers to a question compare. `invalid`: an API server does not take the object, whatever the policy is. `taken`: an API server does not
 * store the policy.
 */
export type Comparison = 'equal' | 'invalid' | 'taken' | 'unknown' | 'stricter' | 'passed' | 'refused';

export interface Row {
  readonly question: Published;
  readonly ours: OurAnswer;
  readonly theirs: Answer;
  readonly is: Comparison;
}

export function compare(question: Published, theirs: Answer): Row {
  const ours = ourAnswer(question);
  return { question, ours, theirs, is: isValid(question.object) ? comparisonOf(ours, theirs) : 'invalid' };
}

/** Samples of policies about ephemeral containers have no others. */
function isValid({ kind, spec }: JsonObject): boolean {
  return kind !== 'Pod' || (isObject(spec) && isArray(spec.containers) && spec.containers.length > 0);
}

function comparisonOf({ statuses }: OurAnswer, theirs: Answer): Comparison {
  if (theirs.error.startsWith('decoding:')) return 'invalid';
  const expected = statusesOf(theirs);
  const isRefused = statuses.includes('refused');
  if (isRefused && theirs.refused !== '') return 'equal';
  if (!isRefused && theirs.refused !== '') return 'taken';
  if (statuses.join() === expected.join()) return 'equal';
  if (statuses.includes('unknown')) return 'unknown';
  if (isRefused || (statuses.includes('error') && !expected.includes('error'))) return 'stricter';
  // A value where Kubernetes has an error, or an object that it rejects: never.
  return expected.includes('error') || (expected.includes('fail') && !statuses.includes('fail')) ? 'passed' : 'refused';
}

/** A row of the table in docs/agreement.md. */
export function line(title: string, commit: string, rows: readonly Row[]): string {
  const count = (...kinds: readonly Comparison[]) => rows.filter(({ is }) => kinds.includes(is)).length;
  const asked = rows.length - count('invalid');
  const published = rows.filter(({ question: { expected }, is }) => expected !== undefined && is !== 'invalid');
  const asPublished = published.filter(
    ({ question: { expected }, ours }) =>
      (expected === 'pass') === !ours.statuses.some((status) => status !== 'pass' && status !== 'none'),
  );
  const share = ((100 * count('equal')) / Math.max(asked, 1)).toFixed(1);
  const expectation = published.length === 0 ? '' : `${asPublished.length} of ${published.length}`;
  return `| ${title} at ${commit} | ${asked} | ${count('equal')} (${share} %) | ${count('unknown')} | ${count('stricter')} | ${count('refused')} | ${count('passed', 'taken')} | ${expectation} |`;
}

export const heading = `| suite | pairs | equal | unknown here | error here | rejected here only | allowed here only | as published |
| --- | --- | --- | --- | --- | --- | --- | --- |`;
