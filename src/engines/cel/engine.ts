import type { EngineRun } from '../../model/engine-run.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { reuseResources } from '../reuse-resources.ts';
import { gradeBindings } from './bound-roles.ts';
import { wrongKind } from './faults.ts';
import { engineId } from './findings.ts';
import { evaluateAll, type Judgement, judgementOf } from './judge.ts';
import { mutatingPolicies, type PolicyText } from './load.ts';
import { type CelOptions, celOptionsSchema } from './options.ts';
import { readPackTexts } from './pack.ts';
import type { CelPolicy } from './policy.ts';
import { loadRules, type Rules } from './rules.ts';
import { celSettings, userPolicies } from './settings.ts';
import { createYield, type Yield } from './yield.ts';

export const celEngine: Engine<CelOptions> = {
  id: engineId,
  title: 'CEL policies',
  kind: 'scanner',
  scope: () => 'target',
  language: 'cel',
  summary: 'The shipped policy pack and your own ValidatingAdmissionPolicies, evaluated in process.',
  options: celOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
  settings: celSettings,
};

/** The language of the policies: CEL as implemented by this library. */
const version = 'cel-js 8';

function notApplicable(set: ManifestSet, options: CelOptions): string | undefined {
  if (!options.pack && userPolicies(set.policies).length === 0)
    return 'the pack is off and there are no ValidatingAdmissionPolicies';
  return set.resources.length === 0 ? 'no resources to judge' : undefined;
}

async function run(context: EngineContext<CelOptions>): Promise<EngineRun> {
  const pack = context.options.pack ? await readPackTexts(context.ports.files, context.gateRoot) : [];
  const judgedBy = [...pack, ...userPolicies(context.set.policies)].flatMap(({ path, text }) => [path, text]);
  const circumstances = { engine: engineId, version, judgedBy, scope: 'each' } as const;
  return gradeBindings(await reuseResources(context, circumstances, (narrowed) => judgeSet(narrowed, pack)), context.set);
}

async function judgeSet(context: EngineContext<CelOptions>, pack: readonly PolicyText[]): Promise<EngineRun> {
  const { options, ports, set } = context;
  const started = ports.clock.monotonicMs();
  const own = userPolicies(set.policies);
  const rules = loadRules({ pack, own, options });
  context.progress(`${set.resources.length} resource(s) by ${rules.policies.length} policies`);
  const namespaces = namespacesOf(set);
  const judgements: Judgement[] = [];
  const pause = createYield(context);
  for (const resource of set.resources) judgements.push(await judge(resource, rules, namespaces, pause));
  return {
    status: 'completed',
    engine: engineId,
    version,
    findings: judgements.flatMap((judgement) => judgement.findings),
    coverage: judgements.map((judgement) => judgement.coverage),
    notes: [
      ...rules.notes,
      ...mutatingPolicies(own).map((name) => `${name} is not evaluated: it changes objects and rejects none`),
      ...rules.own.flatMap(notesOn),
    ],
    durationMs: Math.round(ports.clock.monotonicMs() - started),
  };
}

function notesOn(policy: CelPolicy): readonly string[] {
  return [
    ...(neverOnCreate(policy) ? [`${policy.name} rejects nothing here: it does not match new resources`] : []),
    ...(policy.bindings.length === 0
      ? [`${policy.name} has no binding: it is evaluated as if it were bound to everything with Deny`]
      : []),
  ];
}

/** A gate sees the object that is deployed, not an update or deletion of it. */
function neverOnCreate(policy: CelPolicy): boolean {
  const rules = policy.spec.matchConstraints.resourceRules;
  return !rules.some(({ operations }) => operations.includes('CREATE') || operations.includes('*'));
}

function namespacesOf(set: ManifestSet): ReadonlyMap<string, JsonObject> {
  const found = set.resources.filter(isNamespace);
  return new Map(found.map((resource) => [resource.name, resource.object]));
}

async function judge(
  resource: Resource,
  rules: Rules,
  namespaces: ReadonlyMap<string, JsonObject>,
  pause: Yield,
): Promise<Judgement> {
  const error = wrongKind(resource);
  if (error !== undefined) {
    return { findings: [], coverage: { target: { kind: 'resource', resource: resource.uid }, status: 'failed', error } };
  }
  const place = { ...(resource.namespace !== undefined && { namespace: resource.namespace }), namespaces };
  return judgementOf(await evaluateAll(resource.object, place, rules, pause), resource, rules);
}
