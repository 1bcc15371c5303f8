import type { ManifestSet } from '../../model/manifest-set.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { type Judged, type Part, together } from '../part.ts';
import { reuseResources } from '../reuse-resources.ts';
import { unaskedTemplates } from './autogen.ts';
import { gradeBindings } from './bound-roles.ts';
import { type Facts, factsOf, textOf } from './facts.ts';
import { engineId } from './findings.ts';
import { judge } from './judge.ts';
import { constraintsOf, hasMutations, paramKindsOf } from './load.ts';
import type { MutatingPolicy } from './mutations/policy.ts';
import { type CelOptions, celOptionsSchema } from './options.ts';
import { readPackTexts } from './pack.ts';
import type { CelPolicy } from './policy.ts';
import { loadRules, type RuleSource } from './rules.ts';
import { celSettings, userPolicies } from './settings.ts';
import { createYield } from './yield.ts';

export const celEngine: Engine<CelOptions> = {
  id: engineId,
  title: 'CEL policies',
  kind: 'scanner',
  scope: () => 'target',
  language: 'cel',
  summary:
    'The shipped policy pack and your own ValidatingAdmissionPolicies and MutatingAdmissionPolicies, evaluated in process.',
  options: celOptionsSchema,
  notApplicable,
  targets: resourceTargets,
  run,
  settings: celSettings,
};

/** The language of the policies: CEL as implemented by this library. */
const version = 'cel-js 9';

function notApplicable(set: ManifestSet, options: CelOptions): string | undefined {
  if (!options.pack && userPolicies(set.policies).length === 0)
    return 'the pack is disabled and there are no ValidatingAdmissionPolicies';
  return set.resources.length === 0 ? 'no resources to evaluate' : undefined;
}

async function run(context: EngineContext<CelOptions>): Promise<Part> {
  const { options, ports, set } = context;
  const pack = options.pack ? await readPackTexts(ports.files, context.gateRoot) : [];
  const own = userPolicies(set.policies);
  const facts = factsOf(set, paramKindsOf(own), options.paramsFromManifests, hasMutations(own));
  const judgedBy = [...[...pack, ...own].flatMap(({ path, text }) => [path, text]), textOf(facts)];
  const circumstances = { engine: engineId, version, judgedBy, scope: 'each' } as const;
  const part = gradeBindings(
    await reuseResources(context, circumstances, (narrowed) => judgeSet(narrowed, { pack, own, options }, facts)),
    set,
  );
  const all = set.whole ?? set.resources;
  const unasked = [
    unaskedTemplates(constraintsOf(own, 'validating'), all),
    unaskedTemplates(constraintsOf(own, 'mutating'), all, 'changes'),
  ];
  const notes = options.autogen ? [] : unasked.flatMap((note) => note ?? []);
  return { ...part, notes: [...part.notes, ...notes] };
}

async function judgeSet(context: EngineContext<CelOptions>, source: RuleSource, facts: Facts): Promise<Part> {
  const { set } = context;
  const rules = loadRules(source);
  context.progress(`${set.resources.length} resource(s) by ${rules.policies.length} policies`);
  const judgements: Judged[] = [];
  const pause = createYield(context);
  for (const resource of set.resources) judgements.push(await judge(resource, facts, rules, pause));
  const notes = [...rules.notes, ...rules.own.flatMap(notesOn), ...rules.mutations.flatMap(mutationNotesOn)];
  return together(judgements, notes);
}

function notesOn(policy: CelPolicy): readonly string[] {
  return [
    ...(policy.spec.validations.length === 0 ? [`${policy.name} rejects nothing: it only has audit annotations`] : []),
    ...(neverOnCreate(policy) ? [`${policy.name} rejects nothing here: it does not match new resources`] : []),
    ...(policy.bindings.length === 0
      ? [`${policy.name} has no binding: it is evaluated as if it were bound to everything with Deny`]
      : []),
  ];
}

function mutationNotesOn({ name, spec, bindings }: MutatingPolicy): readonly string[] {
  return [
    ...(neverOnCreate({ spec }) ? [`${name} changes nothing here: it does not match new resources`] : []),
    ...(bindings.length === 0 ? [`${name} has no binding: it is evaluated as if it were bound to everything`] : []),
  ];
}

/** A gate sees the object that is deployed, not an update or deletion of it. */
function neverOnCreate({ spec }: { readonly spec: Pick<CelPolicy['spec'], 'matchConstraints'> }): boolean {
  const rules = spec.matchConstraints.resourceRules;
  return !rules.some(({ operations }) => operations.includes('CREATE') || operations.includes('*'));
}
