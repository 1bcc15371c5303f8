import { groupBy } from '../model/group.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { sarifMaxBytes, sarifResultsKept } from './limits.ts';
import type { RenderContext } from './reporter.ts';
import { toInvocation } from './sarif-notifications.ts';
import { type SarifView, toResult } from './sarif-results.ts';
import { ruleIdOf, toRule } from './sarif-rules.ts';
import { planRuns, type RunPlan } from './sarif-runs.ts';
import { byteLength } from './text.ts';

export interface SarifLog {
  readonly text: string;
  /** Findings that did not fit. */
  readonly left: number;
}
interface Run {
  readonly plan: RunPlan;
  /** Its results, still without `ruleIndex`. */
  readonly kept: { readonly id: string; readonly result: object }[];
  readonly rules: Map<string, number>;
}
type Rules = ReadonlyMap<string, object>;

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) as GitHub code scanning reads it. Findings that this change fixed are
 * omitted: SARIF could mark them as `absent`, but code scanning ignores that state and would open an alert.
 */
export function toSarif(
  verdict: Verdict,
  context: RenderContext,
  upload: Pick<SarifView, 'lineOf' | 'ownIdentity'> = { ownIdentity: false },
): SarifLog {
  const view: SarifView = {
    ...upload,
    ...(context.pathPrefix !== undefined && { pathPrefix: context.pathPrefix }),
    states: verdict.findings.every(({ state }) => state !== undefined),
    suppressions: verdict.waivers.length > 0,
  };
  const rules: Rules = new Map(
    [...groupBy(verdict.findings, ({ finding }) => ruleIdOf(finding))].map(([id, findings]) => [id, toRule(id, findings)]),
  );
  const runs: readonly Run[] = planRuns(verdict, context.gateName).map((plan) => ({ plan, kept: [], rules: new Map() }));
  const empty = toLog(verdict, context, runs, rules, view, verdict.findings.length);
  const left = fill(runs, verdict.findings, rules, view, sarifMaxBytes - byteLength(JSON.stringify(empty)));
  return { text: `${JSON.stringify(toLog(verdict, context, runs, rules, view, left))}\n`, left };
}

/** Adds the worst findings and their rules to their runs, up to the limits of code scanning; returns how many were left out. */
function fill(runs: readonly Run[], findings: readonly JudgedFinding[], rules: Rules, view: SarifView, maxBytes: number): number {
  const ruleBytes = new Map([...rules].map(([id, rule]) => [id, byteLength(JSON.stringify(rule)) + 1]));
  let room = maxBytes;
  let left = 0;
  for (const judged of findings) {
    const homes = room === 0 ? [] : runs.filter(({ plan }) => plan.takes(judged));
    if (room === 0 || homes.some(({ kept }) => kept.length >= sarifResultsKept)) {
      left += 1;
      continue;
    }
    const id = ruleIdOf(judged.finding);
    const written = toResult(judged, id, findings.length, view);
    const result = byteLength(JSON.stringify(written)) + 1;
    const rule = ruleBytes.get(id) ?? 0;
    const bytes = homes.reduce((sum, run) => sum + result + (run.rules.has(id) ? 0 : rule), 0);
    // Stop at the first that does not fit: a less severe but shorter finding must not take its place.
    room = bytes > room ? 0 : room - bytes;
    if (room === 0) {
      left += 1;
      continue;
    }
    for (const run of homes) {
      run.kept.push({ id, result: written });
      if (!run.rules.has(id)) run.rules.set(id, run.rules.size);
    }
  }
  return left;
}

function toLog(
  verdict: Verdict,
  context: RenderContext,
  runs: readonly Run[],
  rules: Rules,
  view: SarifView,
  left: number,
): object {
  const executionSuccessful = verdict.errors.length === 0;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: runs.map((run, index) => ({
      tool: {
        driver: {
          name: 'k8s-gate',
          semanticVersion: context.gateVersion,
          rules: [...run.rules.keys()].map((id) => rules.get(id)),
        },
      },
      automationDetails: { id: run.plan.category },
      // Errors belong to the gate and appear once, in its own run.
      invocations: [index === 0 ? toInvocation(verdict, context, view, left) : { executionSuccessful }],
      originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The repository root.' } } },
      columnKind: 'utf16CodeUnits',
      results: run.kept.map(({ id, result }) => ({ ...result, ruleIndex: run.rules.get(id) ?? 0 })),
      ...(index === 0 && { properties: { outcome: verdict.outcome, counts: verdict.counts } }),
    })),
  };
}
