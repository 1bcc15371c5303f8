import type { Finding } from '../model/finding.ts';
import type { GateError } from '../model/gate-error.ts';
import type { PolicyPreview } from '../model/verdict.ts';
import { compareJudged } from './order.ts';
import { judgeFinding, type Policies } from './policy.ts';

/** Findings of the engines with changed policies: by the policies in force, and by those of the change. */
export type Previewed =
  | { readonly status: 'known'; readonly now: readonly Finding[]; readonly merged: readonly Finding[] }
  | { readonly status: 'unavailable'; readonly fault: GateError };

/** By the severity policy in force. Waivers are not applied: findings of a new rule cannot have been accepted yet. */
export function preview(previewed: Previewed, policies: Policies): PolicyPreview {
  if (previewed.status === 'unavailable') return { status: 'unavailable', reason: previewed.fault.message };
  return {
    status: 'known',
    refused: judgedWithout(previewed.merged, previewed.now, policies).toSorted(compareJudged),
    lifted: judgedWithout(previewed.now, previewed.merged, policies).length,
  };
}

function judgedWithout(findings: readonly Finding[], others: readonly Finding[], policies: Policies) {
  const known = new Set(others.map(identity));
  return findings
    .filter((finding) => !known.has(identity(finding)))
    .map((finding) => judgeFinding(finding, policies))
    .filter(({ action }) => action !== 'allow');
}

function identity({ fingerprint, title, environments }: Finding): string {
  return JSON.stringify([fingerprint, title, environments]);
}
