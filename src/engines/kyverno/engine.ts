import { inParallel } from '../../model/concurrency.ts';
import type { Coverage, Target } from '../../model/engine-run.ts';
import { stringifyJson } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { Resource } from '../../model/resource.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine } from '../engine.ts';
import type { Part } from '../part.ts';
import { digest } from '../reuse.ts';
import { reuseResources } from '../reuse-resources.ts';
import { batchesOf } from './batches.ts';
import { type Canary, plantCanary } from './canary.ts';
import { readDocuments } from './documents.ts';
import { engineId } from './findings.ts';
import { checkPolicies } from './load.ts';
import { mutateBatch } from './mutate.ts';
import { type KyvernoOptions, kyvernoOptionsSchema } from './options.ts';
import { type PolicyCopy, planCopies } from './policy-copies.ts';
import type { KyvernoContext } from './process.ts';
import { kyvernoSettings } from './settings.ts';
import { type Judgement, validateBatch } from './validate.ts';

export const kyvernoEngine: Engine<KyvernoOptions> = {
  id: engineId,
  title: 'Kyverno',
  kind: 'scanner',
  scope: () => 'target',
  language: 'kyverno',
  summary: 'Your own Kyverno policies: validate rules create findings, mutate rules suggest a patch.',
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
  return set.resources.length === 0 ? 'no resources to evaluate' : undefined;
}

function run(context: KyvernoContext): Promise<Part> {
  const judgedBy = kyvernoPolicies(context.set).flatMap(({ file, text }) => [file, text]);
  return reuseResources(context, { engine: engineId, judgedBy, scope: 'each' }, judgeSet);
}

async function judgeSet(context: KyvernoContext): Promise<Part> {
  const { copies, notes } = planCopies(readDocuments(kyvernoPolicies(context.set)));
  const given = context.set.resources.filter((resource) => !configuresKyverno(resource));
  const judgements = copies.length === 0 ? [] : await judgeAll(context, copies, given);
  return {
    findings: judgements.flatMap((judgement) => judgement.findings),
    coverage: context.set.resources.map((resource) =>
      coverageOf(
        resource,
        judgements.filter((judgement) => judgement.resource === resource),
      ),
    ),
    notes,
  };
}

/** Kyverno would use such an entry among the resources as data for policies. */
function configuresKyverno(resource: Resource): boolean {
  return resource.kind === 'GlobalContextEntry' && resource.apiVersion.startsWith('kyverno.io/');
}

/** In parallel; the first error in order is thrown after all have ended, so that the same broken policy is reported each time. */
async function judgeAll(
  context: KyvernoContext,
  copies: readonly PolicyCopy[],
  resources: readonly Resource[],
): Promise<readonly Judgement[]> {
  const canary = plantCanary();
  const validating = copies.filter((copy) => copy.purpose.kind !== 'mutate');
  const mutating = copies.filter((copy) => copy.purpose.kind === 'mutate');
  const batches = batchesOf(resources, context.options.namespaces);
  context.progress(`${resources.length} resource(s) by ${copies.length} policies`);
  const runs: readonly (() => Promise<readonly Judgement[]>)[] = [
    () => checkOnce(context, copies, canary),
    ...(validating.length === 0
      ? []
      : batches.map((batch, index) => () => validateBatch(context, batch, validating, canary, `v${index}`))),
    ...(mutating.length === 0
      ? []
      : batches.map((batch, index) => () => mutateBatch(context, batch, mutating, canary, `m${index}`))),
  ];
  return (await inParallel(Math.min(context.concurrency, maxProcesses), runs, (run) => run())).flat();
}

/** Each takes up to several hundred megabytes. */
const maxProcesses = 4;

/** Whether Kyverno accepts the policies only depends on them and its binary, so the check is stored like a result. */
async function checkOnce(context: KyvernoContext, copies: readonly PolicyCopy[], canary: Canary): Promise<readonly Judgement[]> {
  const { results, tool } = context;
  const key = digest(stringifyJson({ taken: copies.map((copy) => copy.object), binary: tool?.sha256 ?? null }));
  if (tool?.sha256 !== undefined && results.find(engineId, key) !== undefined) return [];
  await checkPolicies(context, copies, canary);
  if (tool?.sha256 !== undefined) results.keep(engineId, key, { status: 'evaluated', findings: [] });
  return [];
}

function coverageOf(resource: Resource, judgements: readonly Judgement[]): Coverage {
  const target: Target = { kind: 'resource', resource: resource.uid };
  const error = judgements.find((judgement) => judgement.error !== undefined)?.error;
  if (error !== undefined) return { target, status: 'failed', error };
  if (judgements.some((judgement) => judgement.matched)) return { target, status: 'evaluated' };
  return { target, status: 'not-applicable', reason: 'no Kyverno policy matches it' };
}
