import type { LicensePolicy } from '../model/license-policy.ts';
import { type CompiledEntry, compileEntry } from './entry.ts';
import { formatLicense, formatTerm, type LicenseExpression, type LicenseTerm, parseLicense } from './expression.ts';

/** From good to bad. */
const results = ['allowed', 'unknown', 'not-allowed', 'denied'] as const;
export type LicenseResult = (typeof results)[number];

export interface LicenseAnswer {
  readonly result: LicenseResult;
  /** The licenses that have this result: `GPL-3.0-only`. */
  readonly because: readonly string[];
}

/** Evaluates the licenses that a package states, all of which apply. Without any it is not known what applies. */
export type EvaluateLicenses = (stated: readonly string[]) => LicenseAnswer;

/** Throws a RangeError for an entry that matches nothing. */
export function compilePolicy({ deny, allow }: LicensePolicy): EvaluateLicenses {
  const denied = deny.map(compileEntry);
  const allowed = allow?.map(compileEntry);
  const known = new Map<string, LicenseAnswer>();
  const one = (text: string): LicenseAnswer => {
    const answer = known.get(text) ?? evaluateText(text, denied, allowed);
    known.set(text, answer);
    return answer;
  };
  return (stated) => {
    const texts = stated.filter((text) => text.trim() !== '');
    return texts.length === 0 ? { result: 'unknown', because: [] } : worst(texts.map(one));
  };
}

function evaluateText(
  text: string,
  denied: readonly CompiledEntry[],
  allowed: readonly CompiledEntry[] | undefined,
): LicenseAnswer {
  const expression = parseLicense(text);
  if (expression !== undefined) return evaluate(expression, denied, allowed);
  const named = (entries: readonly CompiledEntry[] = []) => entries.some((entry) => entry.matchesText(text));
  return { result: named(denied) ? 'denied' : named(allowed) ? 'allowed' : 'unknown', because: [text] };
}

/** The best alternative can be chosen. If all parts apply, the worst one decides. */
function evaluate(
  expression: LicenseExpression,
  denied: readonly CompiledEntry[],
  allowed: readonly CompiledEntry[] | undefined,
): LicenseAnswer {
  if (!('conjunction' in expression))
    return { result: evaluateTerm(expression, denied, allowed), because: [formatTerm(expression)] };
  const parts = [expression.left, expression.right].map((part) => evaluate(part, denied, allowed));
  if (expression.conjunction === 'and') return worst(parts);
  const result = results.find((candidate) => parts.some((part) => part.result === candidate)) ?? 'unknown';
  return { result, because: [formatLicense(expression)] };
}

/** An entry with the exception takes precedence: `GPL-2.0-only WITH Classpath-exception-2.0` may be allowed where GPL-2.0-only is denied. */
function evaluateTerm(
  term: LicenseTerm,
  denied: readonly CompiledEntry[],
  allowed: readonly CompiledEntry[] | undefined,
): LicenseResult {
  const isIn = (entries: readonly CompiledEntry[] = [], hasException: boolean) =>
    entries.some((entry) => entry.hasException === hasException && entry.matches(term));
  for (const hasException of [true, false]) {
    if (isIn(denied, hasException)) return 'denied';
    if (isIn(allowed, hasException)) return 'allowed';
  }
  // What it refers to is not here.
  if (/^(?:LicenseRef|DocumentRef)-/.test(term.license)) return 'unknown';
  return allowed === undefined ? 'allowed' : 'not-allowed';
}

function worst(answers: readonly LicenseAnswer[]): LicenseAnswer {
  const result = results.toReversed().find((candidate) => answers.some((answer) => answer.result === candidate)) ?? 'unknown';
  return {
    result,
    because: [...new Set(answers.filter((answer) => answer.result === result).flatMap(({ because }) => because))],
  };
}
