import {
  all,
  duplicate,
  type Faults,
  forbidden,
  invalid,
  missing,
  outside,
  required,
  unsupported,
  unsupportedOrEmpty,
} from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { labelKey, labelSelector, operands } from './labels.ts';
import { dnsLabel, dnsSubdomain, labelValue } from './names.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';
function* weight(term: Field): Faults {
  yield* outside(term.at('weight'), 'affinity', 1, 100);
  if (!term.at('weight').isSet) yield required(term.at('weight'), 'affinity', 'must be in the range 1-100');
}

export function* affinity(field: Field): Faults {
  const node = field.at('nodeAffinity');
  if (node.at(requiredTerms).isSet) yield* nodeSelector(node.at(requiredTerms));
  for (const term of node.at(preferredTerms).items()) {
    yield* weight(term);
    yield* nodeTerm(term.at('preference'), false);
  }
  for (const name of ['podAffinity', 'podAntiAffinity']) {
    for (const term of field.at(name, requiredTerms).items()) yield* podTerm(term);
    for (const term of field.at(name, preferredTerms).items()) {
      yield* weight(term);
      yield* podTerm(term.at('podAffinityTerm'));
    }
  }
}

/** Nodes by their labels: a term at least. */
export function* nodeSelector(selector: Field): Faults {
  const terms = selector.at('nodeSelectorTerms');
  if (terms.size === 0) return yield required(terms, 'affinity', 'must have at least one node selector term');
  for (const term of terms.items()) yield* nodeTerm(term, true);
}

function* nodeTerm(term: Field, checksValues: boolean): Faults {
  for (const expression of term.at('matchExpressions').items()) {
    const [operator, values] = [expression.at('operator').text, expression.at('values')];
    if (operator === 'Gt' || operator === 'Lt') {
      if (values.size !== 1) yield required(values, 'affinity', "must be specified single value when `operator` is 'Lt' or 'Gt'");
    } else yield* operands(expression, ['In', 'NotIn'], ['Exists', 'DoesNotExist'], 'affinity');
    yield* labelKey(expression.at('key'));
    for (const value of checksValues ? values.items() : []) yield* all(value, 'label-value', labelValue(value.text));
  }
  for (const match of term.at('matchFields').items()) {
    const [key, operator, values] = [match.at('key'), match.at('operator'), match.at('values')];
    if (operator.text !== 'In' && operator.text !== 'NotIn') yield invalid(operator, 'affinity', 'not a valid selector operator');
    else if (values.size !== 1)
      yield required(values, 'affinity', "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    if (key.text !== 'metadata.name') yield invalid(key, 'affinity', 'not a valid field selector key');
    else for (const value of values.items()) yield* all(value, 'affinity', dnsSubdomain(value.text));
  }
}

function* podTerm(term: Field): Faults {
  const [selector, topology] = [term.at('labelSelector'), term.at('topologyKey')];
  yield* labelSelector(selector);
  yield* labelSelector(term.at('namespaceSelector'));
  for (const name of term.at('namespaces').items()) yield* all(name, 'namespace', dnsLabel(name.text));
  yield* mergedKeys(term, ['matchLabelKeys', 'mismatchLabelKeys'], selector, 'affinity');
  yield* missing(topology, 'affinity', 'can not be empty');
  if (topology.text !== '') yield* labelKey(topology);
}

/** Keys of labels that the API server adds to the selector. */
function* mergedKeys(term: Field, names: readonly string[], selector: Field, rule: 'affinity' | 'topology-spread'): Faults {
  const [match, mismatch] = names.map((name) => term.at(name));
  for (const list of [match, mismatch]) {
    if (list === undefined || list.size === 0) continue;
    if (!selector.isSet) yield forbidden(list, rule, 'must not be specified when labelSelector is not set');
    else for (const key of list.items()) yield* labelKey(key);
  }
  const seen = new Set(
    selector
      .at('matchLabels')
      .entries()
      .map(([key]) => key),
  );
  for (const expression of selector.at('matchExpressions').items()) {
    const { text } = expression.at('key');
    const index = match?.texts().indexOf(text) ?? -1;
    if (match !== undefined && index !== -1 && seen.has(text))
      yield invalid(match.at(index), rule, 'exists in both matchLabelKeys and labelSelector');
    seen.add(text);
  }
  for (const key of match?.items() ?? [])
    if (mismatch?.texts().includes(key.text)) yield invalid(key, rule, 'exists in both matchLabelKeys and mismatchLabelKeys');
}

/** The same for a spread with an unchanged selector. */
function* separateKeys(list: Field, selector: Field): Faults {
  if (list.size === 0) return;
  if (!selector.isSet) yield forbidden(list, 'topology-spread', 'must not be specified when labelSelector is not set');
  const keys = [
    ...selector
      .at('matchLabels')
      .entries()
      .map(([key]) => key),
    ...selector
      .at('matchExpressions')
      .items()
      .map((expression) => expression.at('key').text),
  ];
  for (const key of list.items()) {
    yield* labelKey(key);
    if (keys.includes(key.text)) yield invalid(key, 'topology-spread', 'exists in both matchLabelKeys and labelSelector');
  }
}

export function* topologySpread(list: Field, minor: number): Faults {
  const rule = 'topology-spread';
  const seen = new Set<string>();
  for (const constraint of list.items()) {
    const [skew, key, action, least] = ['maxSkew', 'topologyKey', 'whenUnsatisfiable', 'minDomains'].map((name) =>
      constraint.at(name),
    );
    if (skew === undefined || key === undefined || action === undefined || least === undefined) continue;
    if ((skew.number ?? 0) <= 0) yield invalid(skew, rule, 'must be greater than zero');
    yield* missing(key, rule, 'can not be empty');
    yield* missing(action, rule);
    yield* unsupported(action, rule, ['DoNotSchedule', 'ScheduleAnyway']);
    const pair = `{${key.text}, ${action.text}}`;
    if (seen.has(pair)) yield duplicate(constraint, rule, pair);
    seen.add(pair);
    if (least.number !== undefined && least.number <= 0) yield invalid(least, rule, 'must be greater than zero');
    if (least.isSet && action.text !== 'DoNotSchedule')
      yield invalid(least, rule, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action.text}`);
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      yield* unsupportedOrEmpty(constraint.at(name), rule, ['Honor', 'Ignore']);
    const selector = constraint.at('labelSelector');
    if (isOn('mergesMatchLabelKeys', minor)) yield* mergedKeys(constraint, ['matchLabelKeys'], selector, rule);
    else yield* separateKeys(constraint.at('matchLabelKeys'), selector);
    yield* labelSelector(selector);
  }
}

export const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function* tolerations(list: Field): Faults {
  const rule = 'toleration';
  for (const toleration of list.items()) {
    const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((name) => toleration.at(name));
    if (key === undefined || operator === undefined || value === undefined || effect === undefined) continue;
    if (key.text !== '') yield* labelKey(key);
    else if (operator.text !== 'Exists')
      yield invalid(operator, rule, 'operator must be Exists when `key` is empty, which means "match all values and all keys"');
    if (toleration.at('tolerationSeconds').isSet && effect.text !== 'NoExecute')
      yield invalid(effect, rule, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    yield* unsupported(operator, rule, ['Equal', 'Exists']);
    if (operator.text === 'Exists' && value.text !== '')
      yield invalid(value, rule, "value must be empty when `operator` is 'Exists'");
    if (operator.text === 'Equal' || operator.text === '') yield* all(value, rule, labelValue(value.text));
    yield* unsupported(effect, rule, effects);
  }
}
