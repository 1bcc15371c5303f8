import type { JudgedFinding } from '../model/verdict.ts';
import type { Waiver, WaiverSet, WaiverUse } from '../model/waiver.ts';
import { covers, indexByRule, partsOf } from './waiver-match.ts';

export interface WaiverContext {
  /** The current day, in UTC. */
  readonly today: Date;
  /** Login of the author of the change; absent without a pull request (push, schedule, a local run). */
  readonly author?: string;
}
export interface Waived {
  readonly findings: readonly JudgedFinding[];
  /** One for each waiver, in file order. */
  readonly uses: readonly WaiverUse[];
}

/**
 * Allows the findings that waivers in force cover completely: each source, each resource, each environment. Several waivers may cover one
 * finding together; reports show the first. Errors cannot be waived: they mean that something was not evaluated.
 */
export function applyWaivers(findings: readonly JudgedFinding[], ledger: WaiverSet, context: WaiverContext): Waived {
  const day = context.today.toISOString().slice(0, 10);
  const tallies = ledger.waivers.map((waiver) => ({
    waiver,
    held: holds(waiver, ledger, context, day),
    matched: false,
    allowed: 0,
  }));
  const withRule = indexByRule(tallies);
  const judged = findings.map((finding) => {
    const near = withRule(finding.finding);
    // For performance: five hundred CVEs of an image used by thousands of resources have millions of parts.
    if (near.length === 0) return finding;
    const parts = partsOf(finding.finding);
    const matching = near.filter((tally) => parts.some((part) => covers(tally.waiver, part, finding.finding)));
    for (const tally of matching) tally.matched = true;
    const active = matching.filter((tally) => tally.held === 'yes');
    const [first] = active;
    const whole = parts.every((part) => active.some((tally) => covers(tally.waiver, part, finding.finding)));
    if (first === undefined || !whole || finding.action === 'allow') return finding;
    for (const tally of active) tally.allowed += 1;
    return { ...finding, action: 'allow' as const, decidedBy: 'waiver', waiver: first.waiver };
  });
  return { findings: judged, uses: tallies.map(useOf) };
}

type Held = 'yes' | 'expired' | 'self';
interface Tally {
  readonly waiver: Waiver;
  readonly held: Held;
  readonly matched: boolean;
  readonly allowed: number;
}

function holds(waiver: Waiver, { selfWaiver }: WaiverSet, { author }: WaiverContext, day: string): Held {
  if (waiver.expires < day) return 'expired';
  return selfWaiver === 'deny' && author !== undefined && sameLogin(waiver.owner, author) ? 'self' : 'yes';
}

/** Team members are unknown offline, so a waiver owned by a team also applies to changes of its members. */
function sameLogin(owner: string, author: string): boolean {
  const login = (text: string): string => text.trim().replace(/^@/, '').toLowerCase();
  return login(owner) === login(author);
}

function useOf({ waiver, held, matched, allowed }: Tally): WaiverUse {
  if (held === 'expired') return { waiver, status: 'expired', findings: 0, reason: `it was valid until ${waiver.expires}` };
  if (!matched) return { waiver, status: 'unused', findings: 0 };
  if (held === 'self') {
    const reason = `its owner, ${waiver.owner}, is the author of this change; a waiver needs a different owner`;
    return { waiver, status: 'refused', findings: 0, reason };
  }
  if (allowed > 0) return { waiver, status: 'in-force', findings: allowed };
  const reason = 'it has no effect: the findings that it matches are allowed anyway, or are not covered completely';
  return { waiver, status: 'in-force', findings: 0, reason };
}
