import type { Coverage, EngineRun, Target } from '../../model/engine-run.ts';
import { stringifyJson } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { Resource } from '../../model/resource.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine } from '../engine.ts';
import { inParallel } from '../in-parallel.ts';
import { digest } from '../reuse.ts';
import { reuseResources } from '../reuse-resources.ts';
import { batchesOf } from './batches.ts';
import { type Canary, plantCanary } from './canary.ts';
import { readDocuments } from './documents.ts';
import { engineId } from './findings.ts';
import { checkPolicies } from './load.ts';
import { mutateBatch } from './mutate.ts';
import { type KyvernoOptions, kyvernoOptionsSchema } from './options.ts';
import type { KyvernoContext } from './process.ts';
import { kyvernoSettings } from './settings.ts';
import { planUnits, type Unit } from './units.ts';
import { type Judgement, validateBatch } from './validate.ts';

export const kyvernoEngine: Engine<KyvernoOptions> = {
  id: engineId,
  title: 'Kyverno',
  reads: 'manifests',
  scope: () => 'target',
  language: 'kyverno',
  summary: 'Your own Kyverno policies: validating ones refuse, mutating ones suggest a patch.',
  tool: 'kyverno',
  options: kyvernoOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
  settings: kyvernoSettings,
};

function kyvernoPolicies(set: ManifestSet): readonly PolicyFile[] {
  return set.policies.filter((policy) => policy.language === 'kyverno');
}

function notApplicable(set: ManifestSet): string | undefined {
  if (kyvernoPolicies(set).length === 0) return 'no Kyverno policies';
  return set.resources.length === 0 ? 'no resources to judge' : undefined;
}

function run(context: KyvernoContext): Promise<EngineRun> {
  const judgedBy = kyvernoPolicies(context.set).flatMap(({ file, text }) => [file, text]);
  return reuseResources(context, { engine: engineId, judgedBy, scope: 'each' }, judgeSet);
}

async function judgeSet(context: KyvernoContext): Promise<EngineRun> {
  const { clock } = context.ports;
  const started = clock.monotonicMs();
  const { units, notes } = planUnits(readDocuments(kyvernoPolicies(context.set)));
  const given = context.set.resources.filter((resource) => !configuresKyverno(resource));
  const judgements = units.length === 0 ? [] : await judgeAll(context, units, given);
  return {
    status: 'completed',
    engine: engineId,
    version: context.tool?.version ?? 'unknown',
    findings: judgements.flatMap((judgement) => judgement.findings),
    coverage: context.set.resources.map((resource) =>
      coverageOf(
        resource,
        judgements.filter((judgement) => judgement.resource === resource),
      ),
    ),
    notes,
    durationMs: Math.round(clock.monotonicMs() - started),
  };
}

/** Kyverno takes such an entry among the resources as data for the policies that judge them. */
function configuresKyverno(resource: Resource): boolean {
  return resource.kind === 'GlobalContextEntry' && resource.apiVersion.startsWith('kyverno.io/');
}

/** Side by side; all end before the first error, in their order and not in time, is thrown: so a broken policy is named the same each time. */
async function judgeAll(
  context: KyvernoContext,
  units: readonly Unit[],
  resources: readonly Resource[],
): Promise<readonly Judgement[]> {
  const canary = plantCanary();
  const validating = units.filter((unit) => unit.purpose.kind !== 'mutate');
  const mutating = units.filter((unit) => unit.purpose.kind === 'mutate');
  const batches = batchesOf(resources, context.options.namespaces);
  context.progress(`${resources.length} resource(s) by ${units.length} policies`);
  const runs: readonly (() => Promise<readonly Judgement[]>)[] = [
    () => checkOnce(context, units, canary),
    ...(validating.length === 0
      ? []
      : batches.map((batch, index) => () => validateBatch(context, batch, validating, canary, `v${index}`))),
    ...(mutating.length === 0
      ? []
      : batches.map((batch, index) => () => mutateBatch(context, batch, mutating, canary, `m${index}`))),
  ];
  const ended = await inParallel(Math.min(context.concurrency, maxProcesses), runs, (run) =>
    run().then(
      (judgements) => ({ judgements }),
      (error: unknown) => ({ error }),
    ),
  );
  return ended.flatMap((end) => {
    if ('error' in end) throw end.error;
    return end.judgements;
  });
}

/** Each takes up to several hundred megabytes. */
const maxProcesses = 4;

/** Whether Kyverno takes the policies depends on them and on its binary alone, so that it is asked once, as of results. */
async function checkOnce(context: KyvernoContext, units: readonly Unit[], canary: Canary): Promise<readonly Judgement[]> {
  const { results, tool } = context;
  const key = digest(stringifyJson({ taken: units.map((unit) => unit.object), binary: tool?.sha256 ?? null }));
  if (tool?.sha256 !== undefined && results.find(engineId, key) !== undefined) return [];
  await checkPolicies(context, units, canary);
  if (tool?.sha256 !== undefined) results.keep(engineId, key, { status: 'evaluated', findings: [] });
  return [];
}

function coverageOf(resource: Resource, judgements: readonly Judgement[]): Coverage {
  const target: Target = { kind: 'resource', resource: resource.uid };
  const error = judgements.find((judgement) => judgement.error !== undefined)?.error;
  if (error !== undefined) return { target, status: 'failed', error };
  if (judgements.some((judgement) => judgement.matched)) return { target, status: 'evaluated' };
  return { target, status: 'not-applicable', reason: 'no Kyverno policy is about it' };
}
