import path from 'node:path';
import { type Base, openBase } from './base/base.ts';
import { changedSettings } from './base/settings.ts';
import { deliver } from './deliver.ts';
import { discover } from './discover/discover.ts';
import { runEngines } from './engines/run.ts';
import { collectFindings } from './findings/collect.ts';
import { loadCorrelation } from './inputs/correlation.ts';
import { type Inputs, parseInputs } from './inputs/inputs.ts';
import type { RawInputs } from './inputs/raw-inputs.ts';
import { loadWaivers } from './inputs/waivers.ts';
import type { Change } from './model/change.ts';
import type { Correlation } from './model/correlation.ts';
import type { EngineRun } from './model/engine-run.ts';
import type { Finding } from './model/finding.ts';
import { toGateError } from './model/gate-error.ts';
import type { ManifestSet } from './model/manifest-set.ts';
import type { ToolProvider } from './model/tool.ts';
import type { Verdict } from './model/verdict.ts';
import type { GitHub, Ports } from './ports/ports.ts';
import { createCanonicalizer } from './render/canonical.ts';
import { onlyEnvironment } from './render/only-environment.ts';
import { render } from './render/render.ts';
import type { Delivery } from './reports/reporter.ts';
import type { Baseline } from './verdict/compare.ts';
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
  const { ports, baseSha, tempDir } = context;
  const place = { workspace: raw.workspace, folder: path.join(tempDir, 'base'), committed: context.change !== undefined };
  const base = baseSha === undefined ? undefined : await openBase(baseSha, place, ports);
  const trusted: RawInputs = base === undefined ? raw : { ...raw, trusted: base.workspace };
  const inputs = await parseInputs(trusted, ports);
  for (const note of inputs.notes) ports.log.info(note);
  const today = ports.clock.now();
  const ledger = await loadWaivers(inputs.config.trusted, ports, today);
  for (const { file, line, reason } of ledger.ignored ?? []) ports.log.warn(`${file}:${line}: waives nothing: ${reason}`);
  const correlation = await loadCorrelation(ports.files, context.gateRoot);
  const head = await examine(inputs, context, correlation, 'head');
  const settings =
    base === undefined
      ? []
      : await changedSettings(raw, { inputs, waivers: ledger, sha: base.sha, gateVersion: context.gateVersion }, ports);
  const baseline = base === undefined || !inputs.compare ? undefined : await examineBase(base, inputs, context, correlation);
  const evidence = {
    set: head.set,
    runs: [...head.runs, ...settings],
    findings: collectFindings([...head.runs, ...settings], head.set, correlation),
    titles: { ...Object.fromEntries(inputs.engines.map((engine) => [engine.id, engine.title])), gate: 'The gate’s own settings' },
    waivers: { ledger, today, ...authorOf(context.change) },
    ...(baseline !== undefined && { baseline }),
  };
  const verdict = judge(evidence, inputs.config);
  return { verdict, deliveries: await deliver(verdict, inputs, context) };
}

function authorOf(change: Change | undefined): { readonly author?: string } {
  const author = change?.pullRequest?.author;
  return author === undefined ? {} : { author };
}

interface Examined {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
  readonly findings: readonly Finding[];
}

async function examine(
  { config, engines, timeoutMs }: Inputs,
  context: GateContext,
  correlation: Correlation,
  name: string,
): Promise<Examined> {
  const { ports, signal } = context;
  const tempDir = path.join(context.tempDir, name);
  const sources = await discover(config, ports);
  const everything = await render(sources, config, {
    ports,
    tools: context.rendererTools,
    tempDir: path.join(tempDir, 'render'),
    signal,
  });
  const set = onlyEnvironment(everything, config.environment);
  const canonical = createCanonicalizer(ports.files);
  const runs = await runEngines(engines, set, {
    ...context,
    ...config,
    tempDir,
    canonical,
    timeoutMs,
    tools: context.engineTools,
  });
  return { set, runs, findings: collectFindings(runs, set, correlation) };
}

/** The same gate on the base commit. Results taken in from files (SARIF, kube-bench) are this run's and not the base's. */
async function examineBase(base: Base, inputs: Inputs, context: GateContext, correlation: Correlation): Promise<Baseline> {
  try {
    context.ports.log.info(`base ${base.sha.slice(0, 12)}: judged for comparison`);
    const engines = inputs.engines.filter((engine) => engine.reads === 'manifests');
    const config = { ...inputs.config, workspace: base.workspace, trusted: base.workspace };
    const { runs, findings } = await examine({ ...inputs, config, engines }, context, correlation, 'compared');
    const finished = runs.filter(
      (run) => run.status === 'completed' || (run.status === 'skipped' && run.why === 'not-applicable'),
    );
    return { status: 'known', sha: base.sha, findings, engines: finished.map((run) => run.engine) };
  } catch (thrown) {
    return { status: 'unknown', reason: `the base commit could not be judged: ${toGateError(thrown).message}` };
  }
}
