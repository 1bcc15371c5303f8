import type { Organization, WaiverRules } from '../../model/config.ts';
import { globsOverlap, matchesGlob } from '../../model/glob.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { Waiver, WaiverSet } from '../../model/waiver.ts';
import { addDays, dayOf } from './dates.ts';
import { withExceptions } from './policy-exceptions.ts';

/** All waivers of a run: those of files, and Kyverno's exceptions among the policies, as far as the organization allows them. */
export function agreedWaivers(
  ledger: WaiverSet,
  { policies, organization }: { readonly policies: readonly PolicyFile[]; readonly organization: Organization | undefined },
  today: Date,
): WaiverSet {
  return underRules(withExceptions(ledger, policies, today), organization, today);
}

/** The waivers that meet the rules of the organization. The others waive nothing, and are reported. */
export function underRules(ledger: WaiverSet, organization: Organization | undefined, today: Date): WaiverSet {
  if (organization === undefined) return ledger;
  const { waivers: rules, file } = organization;
  const refused = ledger.waivers.flatMap((waiver) => {
    const reason = reasonAgainst(waiver, rules, today);
    return reason === undefined ? [] : [{ waiver, reason: `${reason} (\`waivers\` of ${file})` }];
  });
  const without = new Set(refused.map(({ waiver }) => waiver));
  return {
    waivers: ledger.waivers.filter((waiver) => !without.has(waiver)),
    selfWaiver: rules.selfWaiver ?? ledger.selfWaiver,
    ignored: ledger.ignored ?? [],
    refused: [
      ...(ledger.refused ?? []),
      ...refused.map(({ waiver, reason }) => ({ rule: waiver.rule, file: waiver.file, line: waiver.line, reason })),
    ],
  };
}

/** Owners and dates of a VEX document are its publisher's. */
function reasonAgainst(waiver: Waiver, { maxDays, never, owners }: WaiverRules, today: Date): string | undefined {
  const { rule, aliases = [], pairs = [], owner, expires, source } = waiver;
  const names = [rule, ...aliases, ...pairs.map((pair) => pair.rule)];
  const forbidden = never?.find((glob) => names.some((name) => globsOverlap(glob, name)));
  if (forbidden !== undefined) return `the organization allows no waiver of ${forbidden}`;
  if (source === 'openvex' || source === 'cyclonedx') return undefined;
  if (owners !== undefined && !owners.some((glob) => matchesGlob(bare(glob), bare(owner))))
    return `its owner ${owner} is not one of ${owners.join(', ')}`;
  const latest = maxDays === undefined ? undefined : dayOf(addDays(today, maxDays));
  return latest !== undefined && expires > latest
    ? `it expires on ${expires}, more than ${maxDays} days ahead: ${latest} at the latest`
    : undefined;
}

/** `@org/team` and `org/team` are one owner. */
function bare(owner: string): string {
  return owner.replace(/^@/, '').toLowerCase();
}
