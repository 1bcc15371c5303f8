import type { JudgedFinding } from '../model/verdict.ts';
import type { Waiver, WaiverLedger, WaiverUse } from '../model/waiver.ts';
import { covers, indexByRule, partsOf } from './waiver-match.ts';

export interface WaiverContext {
  /** The day it is, in UTC. */
  readonly today: Date;
  /** Login of whoever made the change; absent where nobody did (push, schedule, a local run). */
  readonly author?: string;
}
export interface Waived {
  readonly findings: readonly JudgedFinding[];
  /** One for each waiver, in the ledger's order. */
  readonly uses: readonly WaiverUse[];
}

/**
 * Allows the findings that waivers in force cover wholly: each source, each resource, each environment. Several waivers may cover one finding
 * together; the first is shown with it. Errors are none of its business: a waiver can't excuse what the gate did not see.
 */
export function applyWaivers(findings: readonly JudgedFinding[], ledger: WaiverLedger, context: WaiverContext): Waived {
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
    // Only for speed: five hundred CVEs of an image that thousands of resources run have millions of parts.
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

function holds(waiver: Waiver, { selfWaiver }: WaiverLedger, { author }: WaiverContext, day: string): Held {
  if (waiver.expires < day) return 'expired';
  return selfWaiver === 'deny' && author !== undefined && sameLogin(waiver.owner, author) ? 'self' : 'yes';
}

/** Who belongs to a team can't be known offline: a waiver owned by a team holds for its members too. */
function sameLogin(owner: string, author: string): boolean {
  const login = (text: string): string => text.trim().replace(/^@/, '').toLowerCase();
  return login(owner) === login(author);
}

function useOf({ waiver, held, matched, allowed }: Tally): WaiverUse {
  if (held === 'expired') return { waiver, status: 'expired', findings: 0, reason: `it held until ${waiver.expires}` };
  if (!matched) return { waiver, status: 'unused', findings: 0 };
  if (held === 'self') {
    const reason = `its owner, ${waiver.owner}, made this change; somebody else has to own it`;
    return { waiver, status: 'refused', findings: 0, reason };
  }
  if (allowed > 0) return { waiver, status: 'in-force', findings: allowed };
  const reason = 'it changed nothing: what it matches is allowed anyway, or also concerns what no waiver covers';
  return { waiver, status: 'in-force', findings: 0, reason };
}
