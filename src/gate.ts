import { type AssessedRisk, assessRisk } from './assess-risk.ts';
import { excludedByFirst } from './base/first-configuration.ts';
import { changedSettings } from './base/settings.ts';
import { type DeliverContext, deliver } from './deliver.ts';
import { type ExamineContext, type Examined, examine, examinePolicies, locateHead } from './examine.ts';
import { examineBase, examinePrevious, judgedByBase } from './examine-base.ts';
import { acceptedKeys } from './findings/accepted.ts';
import { collectFindings } from './findings/collect.ts';
import { refuseMovedTags } from './findings/moved-tags.ts';
import { joinGateRuns } from './findings/not-evaluated.ts';
import { withOwners } from './findings/owners.ts';
import { withRisk } from './findings/risk.ts';
import { touchedFirst } from './findings/touched.ts';
import type { RawInputs } from './inputs/raw-inputs.ts';
import type { Scale } from './inputs/shard.ts';
import { agreedWaivers } from './inputs/waivers/rules.ts';
import type { Change } from './model/change.ts';
import type { EngineRun } from './model/engine-run.ts';
import { toGateError } from './model/gate-error.ts';
import type { Verdict } from './model/verdict.ts';
import { namedRegistries } from './named-registries.ts';
import { type OpenChange, openChange } from './open-change.ts';
import { openSources } from './open-sources.ts';
import type { Ports } from './ports/ports.ts';
import { resolvedOnce } from './ports/resolved-once.ts';
import { hereOf } from './render/here.ts';
import type { Delivery } from './reports/reporter.ts';
import { leftEnvironments } from './settings/left.ts';
import { settingsRun } from './settings/run.ts';
import { isWholeRepository } from './settings/unused.ts';
import { openRunner } from './shards/open-runner.ts';
import type { Baseline } from './verdict/compare.ts';
import { type Evidence, judge } from './verdict/judge.ts';
import type { Previewed } from './verdict/preview.ts';
import { evidenceFor, inventoryFor } from './verdict-evidence.ts';

/** What the stages need, and what the gate gives them itself: who runs the engines, and what the base names. */
export type GateContext = Omit<ExamineContext, 'ports' | 'runner' | 'waivers' | 'namedRegistries' | 'sources' | 'here'> &
  DeliverContext & {
    /** Commit that the change is compared with and the gate configured from. */
    readonly baseSha?: string;
  };

export interface GateResult {
  readonly verdict: Verdict;
  readonly deliveries: readonly Delivery[];
}

/**
 * inputs -> discover -> render -> engines -> findings -> verdict -> reports. Throws GateError only if there is nothing to decide by: invalid
 * inputs, configuration or base.
 */
export async function runGate(raw: RawInputs, context: GateContext): Promise<GateResult> {
  const { baseSha, gateVersion, change } = context;
  const at = { ...context, baseSha, committed: change !== undefined, previous: change?.previous };
  const resolved: Ports = { ...context.ports, registries: resolvedOnce(context.ports.registries) };
  const opened = await openChange(raw, at, resolved);
  const { inputs, ports, base, previous, waivers } = opened;
  const compared = baseSha ?? (previous?.status === 'known' ? previous.base.sha : undefined);
  const facts = { ledger: waivers, gateVersion, ...(compared !== undefined && { baseSha: compared }) };
  const runner = await openRunner(inputs, facts, ports);
  const here = await hereOf(change, inputs.config.checkout, ports);
  const own = { ...context, ports, runner, waivers, here };
  const shared = { ...own, sources: openSources(inputs, own) };
  const examined = await examineChange(opened, { ...shared, namedRegistries: namedRegistries(base, inputs, shared) });
  const risk = await assessRisk(inputs, examined.runs, shared);
  const evidence = evidenceOf(opened, { ...examined, set: runner.judged(examined.head.set), risk }, change);
  // A shard may have no part in a set that is not empty.
  const expectManifests = inputs.config.expectManifests && examined.head.set.resources.length === 0;
  const judged = judge(evidence, { ...inputs.config, expectManifests });
  const proven = await evidenceFor(opened, evidence, change !== undefined, raw.workspace, context.ports);
  const answer = await withDifference(judged, examined, inputs.scale, ports.log);
  const inventory = inventoryFor(inputs, evidence);
  const verdict: Verdict = {
    ...answer,
    ...(proven !== undefined && { evidence: proven }),
    ...(inventory !== undefined && { inventory }),
  };
  await runner.conclude(verdict);
  return { verdict, deliveries: await deliver(verdict, inputs, { ...context, ports }) };
}

/** Both sides are rendered already. A shard reports nothing, so that its merge does this once. It is a report: no fault of it changes the verdict. */
async function withDifference(
  verdict: Verdict,
  { head, baseline }: ExaminedChange,
  { kind }: Scale,
  log: Ports['log'],
): Promise<Verdict> {
  if (kind === 'shard' || baseline?.status !== 'known' || baseline.set === undefined) return verdict;
  try {
    const { renderedDiff } = await import('./diff/rendered.ts');
    const { resources = [], set } = baseline;
    return { ...verdict, difference: renderedDiff({ ...set, resources }, head.set, verdict.findings) };
  } catch (thrown) {
    log.warn(`The rendered difference is left out: ${toGateError(thrown).message}`);
    return verdict;
  }
}

interface ExaminedChange {
  readonly head: Examined;
  /** Of the engines and of the gate itself. */
  readonly runs: readonly EngineRun[];
  readonly baseline?: Baseline;
  readonly previewed?: Previewed;
}

/** The change, the base it is compared with, and what the change does to the gate's own settings. */
async function examineChange(opened: OpenChange, context: ExamineContext): Promise<ExaminedChange> {
  const { inputs, proposed, base, previous, correlation, ports, waivers, today } = opened;
  const { gateVersion } = context;
  const examined = await examine(inputs, context, 'head', opened.gaps);
  if (base === undefined) {
    const old = previous && { baseline: await examinePrevious(previous, inputs, context, correlation, examined) };
    const head = await locateHead(examined, gateVersion, inputs.config);
    return { head, runs: joinGateRuns(head.runs), ...old };
  }
  const baseline = inputs.compare ? await examineBase(base, inputs, context, correlation, examined) : undefined;
  const judged = await judgedByBase(examined, base, baseline, inputs, ports.files);
  const head = await locateHead(judged, gateVersion, inputs.config);
  const previewed = await examinePolicies(head, inputs, context, correlation);
  const fault = previewed?.status === 'unavailable' ? { fault: previewed.fault } : {};
  const { policies } = head.set;
  const accepted = opened.accepted?.onlyUnchanged === false ? opened.accepted.entries : [];
  const inForce = {
    inputs,
    policies,
    waivers: agreedWaivers(waivers, { policies, organization: inputs.config.organization }, today),
    accepted,
    gateVersion,
    sha: base.sha,
    ...fault,
  };
  const settings = await changedSettings(proposed, inForce, { ...ports, openBundle: opened.openBundle });
  const { resources: before = [] } = baseline?.status === 'known' ? baseline : {};
  const left = settingsRun(leftEnvironments(before, head.set.resources, inputs.config), gateVersion);
  return {
    head,
    runs: joinGateRuns([...head.runs, ...settings, ...left]),
    ...(baseline !== undefined && { baseline }),
    ...(previewed !== undefined && { previewed }),
  };
}

function evidenceOf(
  { inputs, base, previous, correlation, waivers, accepted, today, ownersOf, prefix }: OpenChange,
  { head, set, runs: found, baseline, previewed, risk }: ExaminedChange & Pick<Examined, 'set'> & { readonly risk: AssessedRisk },
  change: Change | undefined,
): Evidence {
  const author = change?.pullRequest?.author;
  const leftOut = excludedByFirst(inputs, base);
  const before = base ?? (previous?.status === 'known' ? previous.base : undefined);
  const runs = joinGateRuns([...refuseMovedTags(found), ...risk.runs]);
  const findings = withRisk(collectFindings(runs, head.set, correlation), risk.data, head.set, today);
  const inForce = { policies: head.set.policies, organization: inputs.config.organization };
  const ledger = agreedWaivers(waivers, inForce, today);
  return {
    set,
    runs,
    findings: withOwners(touchedFirst(findings, before?.diffs ?? [], before?.prefix ?? ''), ownersOf, prefix),
    titles: { ...Object.fromEntries(inputs.engines.map(({ id, title }) => [id, title])), gate: 'The gate’s own checks' },
    waivers: { ledger, today, ...(author !== undefined && { author }) },
    ...(leftOut !== undefined && { leftOut }),
    ...(accepted !== undefined && {
      accepted: { ...accepted, today, completed: completedOn(runs, set, inputs), keysOf: acceptedKeys },
    }),
    ...(baseline !== undefined && { baseline }),
    ...(previewed !== undefined && { previewed }),
    ...(risk.used.length > 0 && { riskData: risk.used }),
  };
}

/** Engines that evaluated all that the repository deploys. */
function completedOn(runs: readonly EngineRun[], set: Examined['set'], inputs: OpenChange['inputs']): readonly string[] {
  if (!isWholeRepository({ inputs, set })) return [];
  return runs.flatMap(({ status, engine }) => (status === 'completed' ? [engine] : []));
}
