import path from 'node:path';
import { changedPolicies, previewFault } from './base/preview.ts';
import { discover } from './discover/discover.ts';
import type { BoundEngine } from './engines/engine.ts';
import { type Results, renderingsOf } from './engines/results.ts';
import { collectFindings } from './findings/collect.ts';
import { gateRun } from './findings/not-evaluated.ts';
import { wantedFields } from './findings/wanted.ts';
import type { Inputs } from './inputs/inputs.ts';
import { placed, placedRun } from './inputs/placed.ts';
import { exceptionNotes } from './inputs/waivers/policy-exceptions.ts';
import type { Change } from './model/change.ts';
import type { GateConfig } from './model/config.ts';
import type { Correlation } from './model/correlation.ts';
import type { EngineRun } from './model/engine-run.ts';
import type { Gap } from './model/gap.ts';
import { toGateError } from './model/gate-error.ts';
import type { ManifestSet } from './model/manifest-set.ts';
import { withRuleSeverities } from './model/rule-severities.ts';
import type { Sources } from './model/sources.ts';
import type { ToolProvider } from './model/tool.ts';
import type { WaiverSet } from './model/waiver.ts';
import type { EnginePorts, NamedHosts } from './ports/ports.ts';
import { createCanonicalizer } from './render/canonical.ts';
import type { RenderContext } from './render/context.ts';
import { onlyEnvironment } from './render/only-environment.ts';
import { type RenderedSet, render } from './render/render.ts';
import { standIns } from './render/stand-ins.ts';
import { unusedSettings } from './settings/unused.ts';
import type { EngineRunner, Examination } from './shards/engine-runner.ts';
import { locate } from './trace/locate.ts';
import type { Previewed } from './verdict/preview.ts';

export interface ExamineContext {
  readonly ports: EnginePorts;
  /** For engines; in `auto` mode it refuses what takes too long to install. */
  readonly engineTools: ToolProvider;
  /** For helm and kustomize: without them there is nothing to evaluate, so they are installed however long it takes. */
  readonly rendererTools: ToolProvider;
  readonly gateRoot: string;
  readonly gateVersion: string;
  readonly cacheDir: string;
  readonly tempDir: string;
  readonly signal: AbortSignal;
  /** Results of earlier runs on the same content. */
  readonly results: Results;
  readonly runner: EngineRunner;
  readonly waivers: WaiverSet;
  /** The repository and the branch of the change; absent for the command. */
  readonly here?: NonNullable<RenderContext['here']>;
  /** Absent for the command. */
  readonly change?: Change | undefined;
  readonly namedRegistries: NamedHosts;
  /** Charts and bases outside of the repository. */
  readonly sources: Sources;
}

export interface Examined {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
  readonly provenance: RenderedSet['provenance'];
}

/**
 * discover -> render -> engines. `name` is a folder of its own below the run's.
 * @param gaps What the files that are judged lack.
 * @param policies Those in force, if they are not the ones that the configuration finds in the trusted folder.
 */
export async function examine(
  inputs: Inputs,
  context: ExamineContext,
  name: Examination,
  gaps: readonly Gap[],
  policies?: ManifestSet['policies'],
): Promise<Examined> {
  const { config, engines, loaded } = inputs;
  const everything = await renderAll(config, context, path.join(context.tempDir, name, 'render'));
  const failures = everything.failures.map((error) => placed(error, loaded));
  const all = { ...everything, failures, gaps: [...gaps, ...everything.gaps], policies: policies ?? everything.policies };
  const set = onlyEnvironment(all, config.environment);
  const runs = (await runAll(engines, set, inputs, context, name)).map((run) => placedRun(run, loaded));
  const failed = runs.flatMap(({ status, engine }) => (status === 'failed' ? [engine] : []));
  const unused = await unusedSettings({ inputs, waivers: context.waivers, set, failed }, context);
  return { set, runs: [...runs, ...unused], provenance: everything.provenance };
}

/** With a finding for whatever nothing evaluated. */
export function withGaps({ set, runs, provenance }: Examined, version: string): Examined {
  return { set, runs: [...runs, ...gateRun(set, runs, version)], provenance };
}

/** With the lines of what is reported. Engines have ended, so that nothing is traced that has no finding. */
export async function locateHead(head: Examined, version: string, config: GateConfig): Promise<Examined> {
  return withGaps(await locate(head, wantedFields(withGaps(head, version)), config.concurrency), version);
}

/** discover -> render, of all environments. */
export async function renderAll(
  config: GateConfig,
  {
    ports,
    signal,
    rendererTools: tools,
    results,
    here,
    sources: outside,
  }: Pick<ExamineContext, 'ports' | 'signal' | 'rendererTools' | 'results' | 'here' | 'sources'>,
  tempDir: string,
): Promise<RenderedSet> {
  const sources = await discover(config, ports, outside);
  const place = { sources: outside, ...(here !== undefined && { here }) };
  const set = await render(sources, config, { ports, tools, tempDir, signal, renderings: renderingsOf(results), ...place });
  const notes = [...outside.notes(), ...exceptionNotes(set.policies, ports.clock.now())];
  return notes.length === 0 ? set : { ...set, notes };
}

async function runAll(
  engines: readonly BoundEngine[],
  set: ManifestSet,
  { config, timeoutMs, reporters }: Pick<Inputs, 'config' | 'timeoutMs' | 'reporters'>,
  context: ExamineContext,
  name: Examination,
): Promise<readonly EngineRun[]> {
  const judged = standIns(set);
  const runs = await context.runner.run(name, engines, judged.set, {
    ports: context.ports,
    tools: context.engineTools,
    mode: config.mode,
    sandbox: config.sandbox,
    concurrency: config.concurrency,
    checkout: config.checkout,
    trusted: config.trusted,
    // The command evaluates untracked files as well, results among them.
    ...(context.change !== undefined && { committed: config.workspace }),
    gateRoot: context.gateRoot,
    cacheDir: context.cacheDir,
    tempDir: path.join(context.tempDir, name),
    timeoutMs,
    signal: context.signal,
    canonical: createCanonicalizer(context.ports.files),
    results: context.results,
    namedRegistries: context.namedRegistries,
    ...(config.licenses !== undefined && { licenses: config.licenses }),
    packages: name === 'head' && reporters.some(({ reporter }) => reporter.needsInventory === true),
  });
  // Here and not in engines, so that results of shards and of earlier runs do not depend on it.
  return withRuleSeverities(judged.toOwners(runs), config.rules);
}

/** The head's resources by the policies that the change would put in force; undefined where it changes none. */
export async function examinePolicies(
  head: Examined,
  inputs: Inputs,
  context: ExamineContext,
  correlation: Correlation,
): Promise<Previewed | undefined> {
  try {
    const changed = await changedPolicies(head.set.policies, inputs.config, inputs.engines, context.ports);
    if (changed === undefined) return undefined;
    context.ports.log.info('policies of this change: previewed');
    const set = { ...head.set, policies: changed.policies };
    const runs = await runAll(changed.engines, set, inputs, context, 'previewed');
    const fault = previewFault(runs);
    if (fault !== undefined) return { status: 'unavailable', fault };
    const engines = changed.engines.map(({ id }) => id);
    const now = head.runs.filter(({ engine }) => engines.includes(engine));
    const located = await locate({ ...head, set, runs }, wantedFields({ set, runs }), inputs.config.concurrency);
    return {
      status: 'known',
      now: collectFindings(now, set, correlation),
      merged: collectFindings(located.runs, located.set, correlation),
    };
  } catch (thrown) {
    return { status: 'unavailable', fault: toGateError(thrown) };
  }
}
