import { objectAt, objectsAt } from '../../model/field-path.ts';
import { type JsonObject, stringifyJson } from '../../model/json.ts';
import { invalid } from '../policy-error.ts';
import { type PolicyDocument, policyLabel, without } from './documents.ts';
import {
  celNeed,
  celReadsNamespaceLabels,
  clusterNeed,
  narrowedExclude,
  neverOnCreate,
  neverOnCreateBy,
  operationsOf,
  readsNamespaceLabels,
  verification,
  widenedMatch,
} from './needs.ts';

/** The purpose of a copy of a policy, or of one of its rules. */
type Purpose =
  | { readonly kind: 'judge' }
  /**
   * A copy that rejects everything the rule matches, so that Kyverno itself determines which resources a rule applies to that cannot be
   * evaluated offline. `unknown-namespace`: only resources in a namespace with unknown labels count.
   */
  | { readonly kind: 'probe'; readonly rule: string; readonly reason: string; readonly for: 'all' | 'unknown-namespace' }
  | { readonly kind: 'mutate'; readonly rule: string };

/** A copy of a policy for Kyverno, under a generated name, so that results can always be assigned to one policy. */
export interface PolicyCopy {
  readonly id: string;
  readonly document: PolicyDocument;
  readonly purpose: Purpose;
  readonly object: JsonObject;
  /** The number of rules that Kyverno counts for it, without those it generates for controllers. */
  readonly rules: number;
  readonly language: 'rules' | 'cel';
}
export interface Plan {
  readonly copies: readonly PolicyCopy[];
  readonly notes: readonly string[];
}

type Draft = Omit<PolicyCopy, 'id'>;
interface Drafts {
  readonly drafts: readonly Draft[];
  readonly notes: readonly string[];
}

/** The prefix of generated names; users' policies are never passed to Kyverno under their own names. */
export const copyPrefix = 'k8s-gate-u';

/** Splits policies into rules that can be evaluated offline, those that cannot, and mutating ones. Throws POLICY_INVALID for unknown kinds. */
export function planCopies(documents: readonly PolicyDocument[]): Plan {
  const plans = documents.map(planDocument);
  const copies = plans
    .flatMap((plan) => plan.drafts)
    .map((draft, index): PolicyCopy => {
      const id = `${copyPrefix}${String(index).padStart(4, '0')}`;
      return { ...draft, id, object: { ...draft.object, metadata: { ...objectAt(draft.object, 'metadata'), name: id } } };
    });
  return { copies, notes: plans.flatMap((plan) => plan.notes) };
}

const ignoredKinds: Readonly<Record<string, string>> = {
  PolicyException: 'it is read as a waiver (docs/waivers.md)',
  CleanupPolicy: 'it acts on a running cluster',
  ClusterCleanupPolicy: 'it acts on a running cluster',
  DeletingPolicy: 'it acts on a running cluster',
  NamespacedDeletingPolicy: 'it acts on a running cluster',
  GeneratingPolicy: 'it generates other resources',
  NamespacedGeneratingPolicy: 'it generates other resources',
  GlobalContextEntry: 'it reads a running cluster',
};

function planDocument(document: PolicyDocument): Drafts {
  const { group, kind } = document;
  if (group === 'kyverno.io' && (kind === 'ClusterPolicy' || kind === 'Policy')) return planRules(document);
  if (group === 'kyverno.io' || group === 'policies.kyverno.io') {
    const reason = ignoredKinds[kind];
    if (reason !== undefined) return left(document, reason);
    if (group === 'policies.kyverno.io' && kind.endsWith('ValidatingPolicy')) return planCel(document);
    if (group === 'policies.kyverno.io' && kind.endsWith('MutatingPolicy')) return planCelMutation(document);
  }
  throw invalid(document, {
    message: `${kind} ${document.name} is not a policy that Kyverno's CLI evaluates`,
    expected: 'a ClusterPolicy, Policy, ValidatingPolicy, MutatingPolicy or ImageValidatingPolicy',
    next: 'Move other objects, and policies for other engines, to separate files.',
  });
}

function left(document: PolicyDocument, reason: string, rule?: string): Drafts {
  const what = rule === undefined ? `${document.kind} ${policyLabel(document)}` : `rule ${policyLabel(document)}/${rule}`;
  return { drafts: [], notes: [`${what} is not evaluated: ${reason}`] };
}

/** For a ClusterPolicy or Policy, plain validations stay together; every other rule gets a copy of its own. */
function planRules(document: PolicyDocument): Drafts {
  const rules = objectsAt(document.spec, 'rules');
  if (rules.length === 0)
    throw invalid(document, { message: `${policyLabel(document)} has no rules`, next: 'Add one, or remove the policy.' });
  const judged = rules.filter((rule) => 'validate' in rule && clusterNeed(rule) === undefined);
  const parts = rules.map((rule) => planRule(document, rule));
  return {
    drafts: [
      ...(judged.length > 0 ? [ruleUnit(document, { kind: 'judge' }, judged)] : []),
      ...parts.flatMap((part) => part.drafts),
    ],
    notes: parts.flatMap((part) => part.notes),
  };
}

function planRule(document: PolicyDocument, rule: JsonObject): Drafts {
  const name = String(rule.name);
  if ('generate' in rule) return left(document, 'it generates other resources', name);
  const need = clusterNeed(rule);
  const notes =
    neverOnCreate(operationsOf(rule)) || neverOnCreateBy(rule)
      ? left(document, 'it does not apply to new resources', name).notes
      : [];
  if ('mutate' in rule) {
    if ('targets' in objectAt(rule, 'mutate')) return left(document, 'it changes existing resources', name);
    return need === undefined
      ? { drafts: [ruleUnit(document, { kind: 'mutate', rule: name }, [rule])], notes }
      : left(document, need, name);
  }
  if (need !== undefined) return { drafts: [probe(document, rule, need, 'all')], notes };
  const labels = 'the labels of its namespace are not known';
  return { drafts: readsNamespaceLabels(rule) ? [probe(document, rule, labels, 'unknown-namespace')] : [], notes };
}

function ruleUnit(document: PolicyDocument, purpose: Purpose, rules: readonly JsonObject[]): Draft {
  const object = { ...document.object, spec: { ...without(document.spec, 'mutateExistingOnPolicyUpdate'), rules } };
  return { document, purpose, object, rules: rules.length, language: 'rules' };
}

type ProbeFor = Extract<Purpose, { kind: 'probe' }>['for'];

function probe(document: PolicyDocument, rule: JsonObject, reason: string, scope: ProbeFor): Draft {
  const name = String(rule.name);
  const exclude = narrowedExclude(objectAt(rule, 'exclude'));
  const refusing = {
    name,
    match: widenedMatch(objectAt(rule, 'match')),
    ...(exclude !== undefined && { exclude }),
    validate: { failureAction: 'Audit', message: 'probe', deny: {} },
  };
  const object = { ...document.object, spec: { background: false, rules: [refusing] } };
  return { document, purpose: { kind: 'probe', rule: name, reason, for: scope }, object, rules: 1, language: 'rules' };
}

function planCel(document: PolicyDocument): Drafts {
  const mode = objectAt(document.spec, 'evaluation').mode;
  if (mode !== undefined && mode !== 'Kubernetes') return left(document, `its evaluation mode is ${String(mode)}`);
  const resourceRules = objectsAt(objectAt(document.spec, 'matchConstraints'), 'resourceRules');
  const notes = neverOnCreate(resourceRules.map((rule) => rule.operations))
    ? left(document, 'it does not apply to new resources').notes
    : [];
  const need = document.kind.includes('Image') ? verification(stringifyJson(document.spec)) : celNeed(document.spec);
  if (need !== undefined) return { drafts: [celProbe(document, need, 'all')], notes };
  const judged: Draft = { document, purpose: { kind: 'judge' }, object: document.object, rules: 1, language: 'cel' };
  const unknown = celReadsNamespaceLabels(document.spec)
    ? [celProbe(document, 'the labels of its namespace are not known', 'unknown-namespace')]
    : [];
  return { drafts: [judged, ...unknown], notes };
}

function celProbe(document: PolicyDocument, reason: string, scope: ProbeFor): Draft {
  const { autogen } = document.spec;
  const object = {
    apiVersion: 'policies.kyverno.io/v1',
    kind: document.kind.startsWith('Namespaced') ? 'NamespacedValidatingPolicy' : 'ValidatingPolicy',
    metadata: { name: document.name, ...(document.namespace !== undefined && { namespace: document.namespace }) },
    spec: {
      validationActions: ['Audit'],
      matchConstraints: without(objectAt(document.spec, 'matchConstraints'), 'namespaceSelector'),
      ...(autogen !== undefined && { autogen }),
      validations: [{ expression: 'false', message: 'probe' }],
    },
  };
  return { document, purpose: { kind: 'probe', rule: 'all', reason, for: scope }, object, rules: 1, language: 'cel' };
}

function planCelMutation(document: PolicyDocument): Drafts {
  const need = celNeed(document.spec);
  if (need !== undefined) return left(document, need);
  if ('targetMatchConstraints' in document.spec) return left(document, 'it changes existing resources');
  return {
    drafts: [{ document, purpose: { kind: 'mutate', rule: 'mutations' }, object: document.object, rules: 1, language: 'cel' }],
    notes: [],
  };
}
