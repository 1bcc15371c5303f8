import path from 'node:path';
import type { Base } from './base/base.ts';
import { submoduleGaps } from './base/head.ts';
import { changedPolicies, previewFault } from './base/preview.ts';
import { unitOnBase } from './base/unit-on-base.ts';
import { untouchedFiles } from './base/untouched.ts';
import { discover } from './discover/discover.ts';
import type { BoundEngine } from './engines/engine.ts';
import { type Results, renderingsOf } from './engines/results.ts';
import { collectFindings } from './findings/collect.ts';
import { gateRun } from './findings/not-evaluated.ts';
import { type WantedFields, wantedFields, wantedOfBase } from './findings/wanted.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { GateConfig } from './model/config.ts';
import type { Correlation } from './model/correlation.ts';
import type { EngineRun } from './model/engine-run.ts';
import type { Gap } from './model/gap.ts';
import { toGateError } from './model/gate-error.ts';
import type { ManifestSet, SourceUnit } from './model/manifest-set.ts';
import type { ToolProvider } from './model/tool.ts';
import type { WaiverLedger } from './model/waiver.ts';
import type { EnginePorts, Files, NamedHosts } from './ports/ports.ts';
import { createCanonicalizer } from './render/canonical.ts';
import { madeOf } from './render/made-of.ts';
import { onlyEnvironment } from './render/only-environment.ts';
import { type RenderedSet, render } from './render/render.ts';
import { standIns } from './render/stand-ins.ts';
import { unusedSettings } from './settings/unused.ts';
import type { EngineRunner, Examination } from './shards/engine-runner.ts';
import { placedErrors } from './trace/errors.ts';
import { withPlaces } from './trace/trace.ts';
import type { Baseline } from './verdict/compare.ts';
import { evaluatedOn, refuseHidden } from './verdict/hidden.ts';
import type { Previewed } from './verdict/preview.ts';
import type { UnrenderedUnit } from './verdict/unrendered.ts';

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
  readonly waivers: WaiverLedger;
  readonly namedRegistries: NamedHosts;
}

export interface Examined {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
  readonly provenance: RenderedSet['provenance'];
}

/**
 * discover -> render -> engines. `name` is a folder of its own below the run's.
 * @param gaps What the files that are judged lack.
 */
export async function examine(
  inputs: Inputs,
  context: ExamineContext,
  name: Examination,
  gaps: readonly Gap[],
): Promise<Examined> {
  const { config, engines } = inputs;
  const everything = await renderAll(config, context, path.join(context.tempDir, name, 'render'));
  const set = onlyEnvironment({ ...everything, gaps: [...gaps, ...everything.gaps] }, config.environment);
  const runs = await runAll(engines, set, inputs, context, name);
  const unused = await unusedSettings({ inputs, waivers: context.waivers, set }, context);
  return { set, runs: [...runs, ...unused], provenance: everything.provenance };
}

/** With a finding for whatever nothing evaluated. */
export function withGaps({ set, runs, provenance }: Examined, version: string): Examined {
  return { set, runs: [...runs, ...gateRun(set, runs, version)], provenance };
}

/** With the lines of what is reported. Engines have ended, so that nothing is traced that has no finding. */
export async function locateHead(head: Examined, version: string, config: GateConfig): Promise<Examined> {
  return withGaps(await locate(head, wantedFields(withGaps(head, version)), config), version);
}

async function locate(examined: Examined, wanted: WantedFields, { concurrency }: GateConfig): Promise<Examined> {
  const resources = await withPlaces(examined.set.resources, wanted, examined.provenance, concurrency);
  if (resources === examined.set.resources) return examined;
  const { inSet, inRuns } = placedErrors(resources);
  return { ...examined, set: inSet(examined.set), runs: inRuns(examined.runs) };
}

/**
 * The change, where a gap that hides what the base evaluated is a fault. Of a base that was not judged: whatever it has, unless the change leaves
 * all that it is made of as it is.
 */
export async function judgedByBase(
  examined: Examined,
  base: Base,
  baseline: Baseline | undefined,
  config: GateConfig,
  files: Files,
): Promise<Examined> {
  const { set } = examined;
  if (baseline?.status === 'known' && baseline.set !== undefined)
    return { ...examined, set: refuseHidden(set, evaluatedOn(baseline.set, set)) };
  const touched = await Promise.all(
    set.gaps.map(async ({ unit }) => unit !== undefined && (await isTouchedUnit(unit, base, config, files))),
  );
  return { ...examined, set: refuseHidden(set, (gap) => touched[set.gaps.indexOf(gap)] === true) };
}

async function isTouchedUnit(unit: string, base: Base, config: GateConfig, files: Files): Promise<boolean> {
  const kind = await unitOnBase(unit, base, files);
  if (kind === undefined) return false;
  const parts = await madeOf({ kind, path: unit.replace(/\/charts\/[^/]+$/, '') }, config, files);
  return parts === undefined || (await untouchedFiles(parts, base, config.workspace, files)).size === 0;
}

/** discover -> render, of all environments. */
export async function renderAll(
  config: GateConfig,
  { ports, signal, rendererTools: tools, results }: Pick<ExamineContext, 'ports' | 'signal' | 'rendererTools' | 'results'>,
  tempDir: string,
): Promise<RenderedSet> {
  const sources = await discover(config, ports);
  return render(sources, config, { ports, tools, tempDir, signal, renderings: renderingsOf(results) });
}

async function runAll(
  engines: readonly BoundEngine[],
  set: ManifestSet,
  { config, timeoutMs }: Pick<Inputs, 'config' | 'timeoutMs'>,
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
    gateRoot: context.gateRoot,
    cacheDir: context.cacheDir,
    tempDir: path.join(context.tempDir, name),
    timeoutMs,
    signal: context.signal,
    canonical: createCanonicalizer(context.ports.files),
    results: context.results,
    namedRegistries: context.namedRegistries,
  });
  return judged.toOwners(runs);
}

/** The same gate on the base commit. Results taken in from files (SARIF, kube-bench) are this run's and not the base's. */
export async function examineBase(
  base: Base,
  inputs: Inputs,
  context: ExamineContext,
  correlation: Correlation,
  head: Examined,
): Promise<Baseline> {
  try {
    context.ports.log.info(`base ${base.sha.slice(0, 12)}: judged for comparison`);
    const engines = inputs.engines.filter((engine) => engine.reads === 'manifests');
    const config = { ...inputs.config, workspace: base.workspace, trusted: base.workspace };
    const examined = await examine({ ...inputs, config, engines }, context, 'compared', submoduleGaps(base, config));
    const judged = withGaps(examined, context.gateVersion);
    const { set, runs } = await locate(judged, wantedOfBase(judged, withGaps(head, context.gateVersion)), config);
    const finished = runs.filter(
      (run) => run.status === 'completed' || (run.status === 'skipped' && run.why === 'not-applicable'),
    );
    for (const run of runs)
      if (run.status === 'failed')
        context.ports.log.warn(
          `base: ${run.engine} failed (${run.error.message}): all that it finds in the change counts as new`,
        );
    return {
      status: 'known',
      sha: base.sha,
      findings: collectFindings(runs, set, correlation),
      engines: finished.map((run) => run.engine),
      resources: set.resources,
      set,
      unrendered: await unrenderedUnits(set, head.set, base, inputs.config, context.ports.files),
    };
  } catch (thrown) {
    return { status: 'unknown', reason: `the base commit could not be judged: ${toGateError(thrown).message}` };
  }
}

/** What the judged set has and the base has too, but did not render. */
function unrenderedUnits(
  before: ManifestSet,
  head: ManifestSet,
  base: Base,
  config: GateConfig,
  files: Files,
): Promise<readonly UnrenderedUnit[]> {
  const failed = head.units.flatMap((unit) => {
    const reason = unit.status === 'skipped' ? undefined : failureOn(before, head, unit);
    return reason === undefined ? [] : [{ unit, reason }];
  });
  return Promise.all(
    failed.map(async ({ unit, reason }) => {
      const parts = await madeOf(unit, config, files);
      const untouched = parts === undefined ? new Set<string>() : await untouchedFiles(parts, base, config.workspace, files);
      return { unit: unit.path, what: `${unitNames[unit.kind]} ${unit.path}`, reason, untouched };
    }),
  );
}

/** Why a unit did not render on the base, by what became of it, by a gap that the head does not have, or by a failure of discovery within it. */
function failureOn(before: ManifestSet, head: ManifestSet, { kind, path: unit }: SourceUnit): string | undefined {
  const isIn = (gap: Gap): boolean => gap.unit === unit;
  const known = new Set(head.gaps.filter(isIn).map(({ reason }) => reason));
  const gap = before.gaps.filter(isIn).find(({ reason }) => !known.has(reason));
  const same = before.units.find((other) => other.kind === kind && other.path === unit && other.status !== 'skipped');
  if (same?.status === 'failed') return same.reason ?? 'unknown';
  if (same !== undefined || gap !== undefined) return gap?.reason;
  return before.failures.find(({ details: { file } }) => file !== undefined && (file === unit || file.startsWith(`${unit}/`)))
    ?.details.message;
}

const unitNames: Readonly<Record<SourceUnit['kind'], string>> = {
  plain: 'file',
  helm: 'chart',
  kustomize: 'kustomization',
  policy: 'policy',
};

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
    const located = await locate({ ...head, set, runs }, wantedFields({ set, runs }), inputs.config);
    return {
      status: 'known',
      now: collectFindings(now, set, correlation),
      merged: collectFindings(located.runs, located.set, correlation),
    };
  } catch (thrown) {
    return { status: 'unavailable', fault: toGateError(thrown) };
  }
}
