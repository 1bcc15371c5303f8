import path from 'node:path';
import { openBase } from './base/base.ts';
import { takeGenerated } from './base/generated.ts';
import { openHead, submoduleGaps } from './base/head.ts';
import { namedFrom } from './base/named-files.ts';
import { changedSettings } from './base/settings.ts';
import { shareDependencies } from './base/vendored.ts';
import { deliver } from './deliver.ts';
import type { Results } from './engines/results.ts';
import { examine, examineBase, examinePolicies, judgedByBase, withGaps } from './examine.ts';
import { collectFindings } from './findings/collect.ts';
import { joinGateRuns } from './findings/not-evaluated.ts';
import { touchedFirst } from './findings/touched.ts';
import { loadCorrelation } from './inputs/correlation.ts';
import { parseInputs } from './inputs/inputs.ts';
import type { RawInputs } from './inputs/raw-inputs.ts';
import { loadWaivers } from './inputs/waivers.ts';
import type { Change } from './model/change.ts';
import type { ToolProvider } from './model/tool.ts';
import type { Verdict } from './model/verdict.ts';
import { namedRegistries } from './named-registries.ts';
import type { GitHub, Ports } from './ports/ports.ts';
import type { Delivery } from './reports/reporter.ts';
import { leftEnvironments } from './settings/left.ts';
import { settingsRun } from './settings/run.ts';
import { openDivision } from './shards/division.ts';
import { judge } from './verdict/judge.ts';

export interface GateContext {
  readonly ports: Ports;
  /** For engines; in `auto` mode it refuses what takes too long to install. */
  readonly engineTools: ToolProvider;
  /** For helm and kustomize: without them there is nothing to judge, so they are installed however long it takes. */
  readonly rendererTools: ToolProvider;
  readonly gateRoot: string;
  readonly cacheDir: string;
  readonly tempDir: string;
  readonly signal: AbortSignal;
  /** What earlier runs said of the same content. */
  readonly results: Results;
  readonly stdout: (text: string) => void;
  readonly terminal: { readonly color: boolean; readonly width: number };
  readonly gateVersion: string;
  /** The runner's event; absent for the command. */
  readonly change?: Change;
  /** Commit that the change is compared with and the gate configured from. */
  readonly baseSha?: string;
  /** Absent: no report goes to GitHub. */
  readonly github?: GitHub;
}

export interface GateResult {
  readonly verdict: Verdict;
  readonly deliveries: readonly Delivery[];
}

/** inputs -> discover -> render -> engines -> findings -> verdict -> reports. Throws GateError only where there is nothing to judge by (bad inputs, configuration or base). */
export async function runGate(raw: RawInputs, context: GateContext): Promise<GateResult> {
  const { baseSha, tempDir } = context;
  const place = { checkout: raw.workspace, committed: context.change !== undefined };
  const base =
    baseSha === undefined ? undefined : await openBase(baseSha, { ...place, folder: path.join(tempDir, 'base') }, context.ports);
  const opened = await openHead({ ...place, folder: path.join(tempDir, 'commit') }, context.ports);
  const roots = [opened.workspace, ...(base === undefined ? [] : [base.workspace])];
  const ports = { ...context.ports, files: namedFrom(roots, context.ports.files) };
  const judged: RawInputs = { ...raw, workspace: opened.workspace, checkout: opened.checkout };
  const inputs = await parseInputs(base === undefined ? judged : { ...judged, trusted: base.workspace }, ports);
  for (const note of inputs.notes) ports.log.info(note);
  const taken = await takeGenerated(opened, inputs.config, { ...place, base: base?.workspace }, ports);
  if (base !== undefined)
    await shareDependencies(taken.files, { head: opened.workspace, base: base.workspace, prefix: base.prefix }, ports.files);
  const today = ports.clock.now();
  const ledger = await loadWaivers(inputs.config.trusted, ports, today);
  for (const { file, line, reason } of ledger.ignored ?? []) ports.log.warn(`${file}:${line}: waives nothing: ${reason}`);
  const correlation = await loadCorrelation(ports.files, context.gateRoot);
  const division = await openDivision(inputs, { ledger, ...context }, ports);
  const undivided = { ...context, ports, division, waivers: ledger };
  const divided = { ...undivided, namedRegistries: namedRegistries(base, inputs, undivided) };
  const gaps = [...submoduleGaps(opened, inputs.config), ...taken.gaps];
  const examined = await examine(inputs, divided, 'head', gaps);
  const baseline =
    base === undefined || !inputs.compare ? undefined : await examineBase(base, inputs, divided, correlation, examined.set);
  const judgedHead = base === undefined ? examined : await judgedByBase(examined, base, baseline, inputs.config, ports.files);
  const head = withGaps(judgedHead, context.gateVersion);
  const previewed = base === undefined ? undefined : await examinePolicies(head, inputs, divided, correlation);
  const fault = previewed?.status === 'unavailable' ? { fault: previewed.fault } : {};
  const inForce = { inputs, policies: head.set.policies, waivers: ledger, gateVersion: context.gateVersion, ...fault };
  const settings = base === undefined ? [] : await changedSettings(judged, { ...inForce, sha: base.sha }, ports);
  const { resources: before = [] } = baseline?.status === 'known' ? baseline : {};
  const left = settingsRun(leftEnvironments(before, head.set.resources, inputs.config), context.gateVersion);
  const runs = joinGateRuns([...head.runs, ...settings, ...left]);
  const evidence = {
    set: division.judged(head.set),
    runs,
    findings: touchedFirst(collectFindings(runs, head.set, correlation), base?.diffs ?? [], base?.prefix ?? ''),
    titles: { ...Object.fromEntries(inputs.engines.map((engine) => [engine.id, engine.title])), gate: 'The gate’s own checks' },
    waivers: { ledger, today, ...authorOf(context.change) },
    ...(baseline !== undefined && { baseline }),
    ...(previewed !== undefined && { previewed }),
  };
  // Of a set that is not empty, a shard may have no part.
  const expectManifests = inputs.config.expectManifests && head.set.resources.length === 0;
  const verdict = judge(evidence, { ...inputs.config, expectManifests });
  await division.conclude(verdict);
  return { verdict, deliveries: await deliver(verdict, inputs, context) };
}

function authorOf(change: Change | undefined): { readonly author?: string } {
  const author = change?.pullRequest?.author;
  return author === undefined ? {} : { author };
}
