import type { Coverage, EngineRun, Target } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { isNamespace, type Resource } from '../../model/resource.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { reuseResources } from '../reuse-resources.ts';
import { gradeBindings } from './bound-roles.ts';
import { requireCanary } from './canary.ts';
import { answer, type CelPolicy, type CelResult, loadPack } from './evaluate.ts';
import { faultOf, wrongKind, wrongType } from './faults.ts';
import { engineId, ignoredError, indeterminate, refusal } from './findings.ts';
import type { ApiResource } from './kinds.ts';
import { mutatingPolicies, type PolicyText } from './load.ts';
import { mayMatch } from './match.ts';
import { eachOffender } from './offenders.ts';
import { type CelOptions, celOptionsSchema } from './options.ts';
import { choose, parsePack, readPackTexts } from './pack.ts';
import { requirePackCanary } from './pack-canary.ts';
import { questionAbout } from './question.ts';
import { celSettings, userPolicies } from './settings.ts';
import { type Turn, turns } from './turns.ts';

export const celEngine: Engine<CelOptions> = {
  id: engineId,
  title: 'CEL policies',
  reads: 'manifests',
  scope: () => 'target',
  language: 'cel',
  summary: 'The shipped policy pack and your own ValidatingAdmissionPolicies, evaluated in process.',
  options: celOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
  settings: celSettings,
};

/** The language these policies are written in: Kubernetes' CEL as of this library. */
const version = 'cel-js 8';

function notApplicable(set: ManifestSet, options: CelOptions): string | undefined {
  if (!options.pack && userPolicies(set.policies).length === 0)
    return 'the pack is off and there are no ValidatingAdmissionPolicies';
  return set.resources.length === 0 ? 'no resources to judge' : undefined;
}

/** One policy in force, with the parameters that the configuration replaces. */
interface Rule {
  readonly policy: CelPolicy;
  readonly params: Readonly<Record<string, string>>;
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
  requireCanary();
  const shipped = options.pack ? choose(parsePack(pack), options) : choose([], options);
  requirePackCanary(shipped.policies);
  const own = loadPack(userPolicies(set.policies));
  const rules: readonly Rule[] = [
    ...shipped.policies.map((policy) => ({ policy, params: options.params[policy.name] ?? {} })),
    ...own.map((policy) => ({ policy, params: {} })),
  ];
  context.progress(`${set.resources.length} resource(s) by ${rules.length} policies`);
  const namespaces = namespacesOf(set);
  const rulesAbout = rulesByKind(rules);
  const judgements: Judgement[] = [];
  const turn = turns(context);
  for (const resource of set.resources) judgements.push(await judge(resource, rulesAbout, namespaces, turn));
  return {
    status: 'completed',
    engine: engineId,
    version,
    findings: judgements.flatMap((judgement) => judgement.findings),
    coverage: judgements.map((judgement) => judgement.coverage),
    notes: [
      ...shipped.notes,
      ...mutatingPolicies(userPolicies(set.policies)).map((name) => `${name} is not judged: it changes objects and refuses none`),
      ...own.flatMap((policy) =>
        neverOnCreate(policy) ? [`${policy.name} judges nothing here: it is not about new resources`] : [],
      ),
      ...own.flatMap((policy) =>
        policy.bindings.length === 0 ? [`${policy.name} has no binding: judged as if it were bound to everything with Deny`] : [],
      ),
    ],
    durationMs: Math.round(ports.clock.monotonicMs() - started),
  };
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

interface Judgement {
  readonly findings: readonly EngineFinding[];
  readonly coverage: Coverage;
}

/** The rules that can be about an object of a kind: found once for each kind, and all that its objects cost where there are none. */
type RulesAbout = (resource: ApiResource) => readonly Rule[];

function rulesByKind(rules: readonly Rule[]): RulesAbout {
  const known = new Map<string, readonly Rule[]>();
  return (resource) => {
    const key = `${resource.group}/${resource.version} ${resource.kind}`;
    const about = known.get(key) ?? rules.filter(({ policy }) => mayMatch(policy.spec.matchConstraints, resource));
    known.set(key, about);
    return about;
  };
}

async function judge(
  resource: Resource,
  rulesAbout: RulesAbout,
  namespaces: ReadonlyMap<string, JsonObject>,
  turn: Turn,
): Promise<Judgement> {
  const target: Target = { kind: 'resource', resource: resource.uid };
  const findings: EngineFinding[] = [];
  let error: GateError | undefined;
  let matched = false;
  const place = { ...(resource.namespace !== undefined && { namespace: resource.namespace }), namespaces };
  const question = questionAbout(resource.object, place);
  const unknownKind = wrongKind(resource, question.resource);
  if (unknownKind !== undefined) return { findings, coverage: { target, status: 'failed', error: unknownKind } };
  for (const { policy, params } of rulesAbout(question.resource)) {
    // A promise for each policy and object would cost as much as many of the answers.
    const pause = turn();
    if (pause !== undefined) await pause;
    for (const result of answer(policy, question, params)) {
      if (result.status === 'not-matched') continue;
      matched = true;
      if (result.status === 'fail') {
        const context = { ...place, params };
        for (const offender of await eachOffender(policy, result, resource.object, context, turn)) {
          if (offender.status === 'fail') findings.push(refusal(policy, offender, resource));
          else error ??= faultOf(policy, offender, resource);
        }
      }
      if (result.status === 'indeterminate') findings.push(indeterminate(policy, result, resource));
      else if (result.status === 'error' && isIgnored(policy, result, resource))
        findings.push(ignoredError(policy, result, resource));
      else if (result.status === 'error') error ??= faultOf(policy, result, resource);
    }
  }
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  if (matched) return { findings, coverage: { target, status: 'evaluated' } };
  return { findings, coverage: { target, status: 'not-applicable', reason: 'no CEL policy is about it' } };
}

/** The author's choice for a policy that fails; a manifest that is no object of its kind reaches no policy of a cluster. */
function isIgnored({ spec }: CelPolicy, { tooCostly }: CelResult, resource: Resource): boolean {
  return spec.failurePolicy === 'Ignore' && !tooCostly && wrongType(resource) === undefined;
}
