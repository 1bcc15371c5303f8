import type { Base, PreviousCommit } from './base/base.ts';
import { onlyConfigures, withOldFailures } from './base/first-configuration.ts';
import { submoduleGaps } from './base/head.ts';
import { unitOnBase } from './base/unit-on-base.ts';
import { untouchedFiles } from './base/untouched.ts';
import { type ExamineContext, type Examined, examine, withGaps } from './examine.ts';
import { collectFindings } from './findings/collect.ts';
import { wantedOfBase } from './findings/wanted.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { GateConfig } from './model/config.ts';
import type { Correlation } from './model/correlation.ts';
import type { Gap } from './model/gap.ts';
import { toGateError } from './model/gate-error.ts';
import type { ManifestSet, SourceUnit } from './model/manifest-set.ts';
import type { Files } from './ports/ports.ts';
import { madeOf } from './render/made-of.ts';
import { locate } from './trace/locate.ts';
import type { Baseline } from './verdict/compare.ts';
import { evaluatedOn, refuseHidden } from './verdict/hidden.ts';
import type { UnrenderedUnit } from './verdict/unrendered.ts';

/**
 * The change, where a gap that hides what the base evaluated is a fault. For a base that was not judged: whatever it has, unless the change leaves
 * all its sources as they are.
 */
export async function judgedByBase(
  examined: Examined,
  base: Base,
  baseline: Baseline | undefined,
  inputs: Inputs,
  files: Files,
): Promise<Examined> {
  const { config } = inputs;
  const old = onlyConfigures(inputs, base) && baseline?.status === 'known' ? (baseline.failures ?? []) : [];
  const set = withOldFailures(examined.set, old);
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

/** The same gate on the base commit. Results imported from files (SARIF, kube-bench) are those of this run, not of the base. */
export async function examineBase(
  base: Base,
  inputs: Inputs,
  context: ExamineContext,
  correlation: Correlation,
  head: Examined,
): Promise<Baseline> {
  return compareWith(base, inputs, context, correlation, head, undefined);
}

/**
 * The same gate on the commit that a branch had before a push. The configuration and policies are those of the push, which somebody has merged:
 * otherwise a new policy would block the branch for what it had before. Without that commit, every finding is new.
 */
export async function examinePrevious(
  previous: PreviousCommit,
  inputs: Inputs,
  context: ExamineContext,
  correlation: Correlation,
  head: Examined,
): Promise<Baseline> {
  if (previous.status === 'none') return { status: 'unknown', reason: previous.reason };
  return compareWith(previous.base, inputs, context, correlation, head, head.set.policies);
}

async function compareWith(
  base: Base,
  inputs: Inputs,
  context: ExamineContext,
  correlation: Correlation,
  head: Examined,
  policies: ManifestSet['policies'] | undefined,
): Promise<Baseline> {
  try {
    context.ports.log.info(`base ${base.sha.slice(0, 12)}: evaluated for comparison`);
    const engines = inputs.engines.filter((engine) => engine.kind === 'scanner');
    const config = { ...inputs.config, workspace: base.workspace, trusted: base.workspace };
    const examined = await examine({ ...inputs, config, engines }, context, 'compared', submoduleGaps(base, config), policies);
    const judged = withGaps(examined, context.gateVersion);
    const { set, runs } = await locate(judged, wantedOfBase(judged, withGaps(head, context.gateVersion)), config.concurrency);
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
      failures: set.failures,
      unrendered: await unrenderedUnits(set, head.set, base, inputs.config, context.ports.files),
    };
  } catch (thrown) {
    return { status: 'unknown', reason: `the base commit could not be evaluated: ${toGateError(thrown).message}` };
  }
}

/** What the change renders and the base has as well, but did not render. */
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

/** Why a unit did not render on the base, by its own failure, by a gap that the head does not have, or by a failure of discovery within it. */
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
