import type { Finding } from '../model/finding.ts';
import type { Action } from '../model/severity.ts';
import { type Condition, isConditional, type SeverityAction } from '../model/severity-condition.ts';

export interface Decided {
  readonly action: Action;
  /** Which facts about the vulnerability decided. Absent if the policy has no condition, or for other findings. */
  readonly because?: string;
}

/** One requirement: whether it holds, and the fact in words. */
interface Answer {
  readonly holds: 'yes' | 'no' | 'unknown';
  readonly fact: string;
}

/**
 * Conditions are about vulnerabilities: anything else gets the strictest action. What is not known counts as matched, so that missing data
 * never makes an action looser.
 */
export function actionFor(policy: SeverityAction, finding: Finding): Decided {
  if (!isConditional(policy)) return { action: policy };
  const { block = [], warn = [], otherwise } = policy;
  if (finding.category !== 'vulnerability') return { action: block.length > 0 ? 'block' : 'warn' };
  const failed: string[] = [];
  for (const [action, conditions] of [
    ['block', block],
    ['warn', warn],
  ] as const) {
    for (const condition of conditions) {
      const answers = answersTo(condition, finding);
      const misses = answers.filter(({ holds }) => holds === 'no');
      if (misses.length === 0) return { action, because: list(answers) };
      failed.push(list(misses));
    }
  }
  return { action: otherwise, because: [...new Set(failed)].join('; ') };
}

function list(answers: readonly Answer[]): string {
  return answers.map(({ fact }) => fact).join(', ');
}

function answersTo({ kev, epss, age, fixable, exposed }: Condition, finding: Finding): readonly Answer[] {
  return [
    ...(kev === undefined ? [] : [exploited(finding)]),
    ...(epss === undefined ? [] : [likely(finding, epss)]),
    ...(age === undefined ? [] : [isOlder(finding, age)]),
    ...(fixable === undefined ? [] : [hasFix(finding)]),
    ...(exposed === undefined ? [] : [reachable(finding)]),
  ];
}

const counts = (what: string): string => `unknown whether ${what}, which counts as yes`;

function exploited({ risk }: Finding): Answer {
  const holds = risk?.exploited ?? 'unknown';
  const since = risk?.exploitedSince === undefined ? '' : ` (KEV since ${risk.exploitedSince})`;
  return {
    holds,
    fact: { yes: `known to be exploited${since}`, no: 'not known to be exploited (KEV)', unknown: counts('it is exploited') }[
      holds
    ],
  };
}

function likely({ risk }: Finding, least: number): Answer {
  const score = risk?.epss;
  if (score === undefined) return { holds: 'unknown', fact: counts(`its EPSS is at least ${least}`) };
  return score >= least
    ? { holds: 'yes', fact: `EPSS ${score}, at least ${least}` }
    : { holds: 'no', fact: `EPSS ${score}, below ${least}` };
}

function isOlder({ risk }: Finding, days: number): Answer {
  const age = risk?.ageDays;
  if (age === undefined) return { holds: 'unknown', fact: counts(`it was published more than ${days} days ago`) };
  const since = `published ${age} ${age === 1 ? 'day' : 'days'} ago`;
  return age > days ? { holds: 'yes', fact: `${since}, more than ${days}` } : { holds: 'no', fact: `${since}, at most ${days}` };
}

function hasFix({ risk, fix }: Finding): Answer {
  const holds = risk?.fixable ?? 'unknown';
  const version = fix?.fixedVersion === undefined ? '' : ` in ${fix.fixedVersion}`;
  return { holds, fact: { yes: `fixed${version}`, no: 'no fixed version', unknown: counts('there is a fixed version') }[holds] };
}

function reachable({ risk }: Finding): Answer {
  const holds = risk?.exposed ?? 'unknown';
  const facts = {
    yes: 'reachable from outside the cluster',
    no: 'not reachable from outside the cluster by these manifests',
    unknown: counts('it is reachable from outside the cluster'),
  };
  return { holds, fact: facts[holds] };
}
