import { type Answer, statusesOf } from './oracle.ts';
import { type OurAnswer, ourAnswer } from './ours.ts';
import type { Published } from './published.ts';

/** How the two answers to a question compare. `undecodable`: the object is not one of its kind, so no policy is asked. */
export type Comparison = 'equal' | 'undecodable' | 'unknown' | 'stricter' | 'passed' | 'refused';

export interface Row {
  readonly question: Published;
  readonly ours: OurAnswer;
  readonly theirs: Answer;
  readonly is: Comparison;
}

export function compare(question: Published, theirs: Answer): Row {
  const ours = ourAnswer(question);
  return { question, ours, theirs, is: comparisonOf(ours, theirs) };
}

function comparisonOf({ statuses }: OurAnswer, theirs: Answer): Comparison {
  if (theirs.error.startsWith('decoding:')) return 'undecodable';
  const expected = statusesOf(theirs);
  // A policy that does not compile is an error for each object there, and as a whole here.
  if (statuses.join() === expected.join() || (statuses.includes('refused') && expected.includes('error'))) return 'equal';
  if (statuses.includes('unknown')) return 'unknown';
  if (statuses.includes('refused') || (statuses.includes('error') && !expected.includes('error'))) return 'stricter';
  // A value where Kubernetes has an error, or an object that it rejects: never.
  return expected.includes('error') || (expected.includes('fail') && !statuses.includes('fail')) ? 'passed' : 'refused';
}

/** A row of the table in docs/policies-own.md. */
export function line(title: string, commit: string, rows: readonly Row[]): string {
  const count = (...kinds: readonly Comparison[]) => rows.filter(({ is }) => kinds.includes(is)).length;
  const asked = rows.length - count('undecodable');
  const published = rows.filter(({ question: { expected }, is }) => expected !== undefined && is !== 'undecodable');
  const asPublished = published.filter(
    ({ question: { expected }, ours }) =>
      (expected === 'pass') === !ours.statuses.some((status) => status !== 'pass' && status !== 'none'),
  );
  const share = ((100 * count('equal')) / Math.max(asked, 1)).toFixed(1);
  const expectation = published.length === 0 ? '' : `${asPublished.length} of ${published.length}`;
  return `| ${title} at ${commit} | ${asked} | ${count('equal')} (${share} %) | ${count('unknown')} | ${count('stricter')} | ${count('refused')} | ${count('passed')} | ${expectation} |`;
}

export const heading = `| suite | pairs | equal | unknown here | error here | rejected here only | allowed here only | as published |
| --- | --- | --- | --- | --- | --- | --- | --- |`;
