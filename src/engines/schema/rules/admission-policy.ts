import type { RuleContext } from '../rule.ts';
import { all, type Faults, forbidden, invalid, missing, required, tooMany, unsupported, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { repeated } from './metadata.ts';
import { dns1035Label, dnsSubdomain, pathSegment, qualifiedName } from './names.ts';
import { matchConditions, operationRule } from './webhooks.ts';

const rule = 'admission-policy';

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy; the expressions are compiled elsewhere. */
export function* admissionPolicy(object: Field, { kind }: RuleContext): Faults {
  const spec = object.at('spec');
  const constraints = spec.at('matchConstraints');
  yield* unsupportedOrEmpty(spec.at('failurePolicy'), rule, ['Fail', 'Ignore']);
  if (spec.at('paramKind').isSet) yield* paramKind(spec.at('paramKind'));
  if (!constraints.isSet) yield required(constraints, rule);
  else if (constraints.at('resourceRules').size === 0) yield required(constraints.at('resourceRules'), rule);
  yield* matchResources(constraints, kind);
  yield* matchConditions(spec.at('matchConditions'));
  for (const variable of spec.at('variables').items()) {
    const name = variable.at('name');
    if (name.text.trim() === '') yield required(name, rule, 'name is not specified');
    else if (!/^[_a-zA-Z]\w*$/.test(name.text)) yield invalid(name, rule, 'must be a valid CEL identifier');
    if (variable.at('expression').text.trim() === '')
      yield required(variable.at('expression'), rule, 'expression is not specified');
  }
  yield* kind === 'ValidatingAdmissionPolicy' ? validations(object, spec) : mutations(spec);
}

function* validations(object: Field, spec: Field): Faults {
  const [list, annotations] = [spec.at('validations'), spec.at('auditAnnotations')];
  if (list.size === 0 && annotations.size === 0)
    yield required(list, rule, 'validations or auditAnnotations must contain at least one item');
  for (const one of list.items()) {
    const [message, byExpression] = [one.at('message'), one.at('messageExpression')];
    if (one.at('expression').text.trim() === '') yield required(one.at('expression'), rule, 'expression is not specified');
    for (const field of [message, byExpression])
      if (field.text !== '' && field.text.trim() === '') yield invalid(field, rule, 'must be non-empty if specified');
    if (/[\n\r]/.test(message.text.trim())) yield invalid(message, rule, 'must not contain line breaks');
    yield* unsupportedOrEmpty(one.at('reason'), rule, ['Forbidden', 'Invalid', 'RequestEntityTooLarge']);
  }
  if (annotations.size > 20) yield tooMany(annotations, rule, 20);
  yield* repeated(
    annotations.items().map((one) => one.at('key')),
    rule,
  );
  for (const one of annotations.items()) {
    yield* all(one.at('key'), rule, qualifiedName(`${object.at('metadata', 'name').text}/${one.at('key').text}`));
    if (one.at('valueExpression').text.trim() === '')
      yield required(one.at('valueExpression'), rule, 'valueExpression is not specified');
  }
}

function* mutations(spec: Field): Faults {
  const list = spec.at('mutations');
  if (list.size === 0) yield required(list, rule, 'mutations must contain at least one item');
  for (const one of list.items()) {
    const type = one.at('patchType');
    yield* missing(type, rule);
    yield* unsupported(type, rule, ['ApplyConfiguration', 'JSONPatch']);
    const names = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' };
    for (const [of, name] of Object.entries(names)) {
      if (type.text === of && one.at(name, 'expression').text.trim() === '')
        yield required(one.at(name), rule, `must be specified when patchType is ${of}`);
      if (type.text !== of && one.at(name).isSet)
        yield invalid(one.at(name), rule, `must not be specified when patchType is ${type.text}`);
    }
  }
  yield* missing(spec.at('reinvocationPolicy'), rule);
  yield* unsupported(spec.at('reinvocationPolicy'), rule, ['IfNeeded', 'Never']);
}

function* paramKind(field: Field): Faults {
  const [version, kind] = [field.at('apiVersion'), field.at('kind')];
  const parts = version.text.split('/');
  yield* missing(version, rule);
  yield* missing(kind, rule);
  if (parts.length > 2) yield invalid(version, rule, `unexpected GroupVersion string: ${version.text}`);
  else if (version.text !== '') {
    if (parts.length === 2 && parts[0] !== '') yield* all(version, rule, dnsSubdomain(parts[0] ?? ''));
    yield* all(version, rule, dns1035Label(parts.at(-1) ?? ''));
  }
  if (kind.text !== '') yield* all(kind, rule, dns1035Label(kind.text.toLowerCase()));
}

function* matchResources(field: Field, kind: string): Faults {
  yield* unsupportedOrEmpty(field.at('matchPolicy'), rule, ['Equivalent', 'Exact']);
  yield* labelSelector(field.at('namespaceSelector'));
  yield* labelSelector(field.at('objectSelector'));
  for (const list of ['resourceRules', 'excludeResourceRules'])
    for (const one of field.at(list).items()) {
      yield* repeated(one.at('resourceNames').items(), rule);
      for (const name of one.at('resourceNames').items()) yield* all(name, rule, pathSegment(name.text));
      yield* operationRule(one);
      for (const operation of kind.startsWith('Mutating') && list === 'resourceRules' ? one.at('operations').items() : [])
        if (operation.text === 'DELETE') yield invalid(operation, rule, 'supported values: "*", "CONNECT", "CREATE", "UPDATE"');
    }
}

/** ValidatingAdmissionPolicyBinding and MutatingAdmissionPolicyBinding. */
export function* policyBinding(object: Field, { kind }: RuleContext): Faults {
  const spec = object.at('spec');
  const [policy, actions, params] = [spec.at('policyName'), spec.at('validationActions'), spec.at('paramRef')];
  yield* missing(policy, rule);
  if (policy.text !== '') yield* all(policy, 'reference-name', dnsSubdomain(policy.text));
  if (params.isSet) yield* paramRef(params);
  yield* matchResources(spec.at('matchResources'), kind);
  if (kind !== 'ValidatingAdmissionPolicyBinding') return;
  if (actions.size === 0) yield required(actions, rule, 'at least one validation action is required');
  yield* repeated(actions.items(), rule);
  for (const action of actions.items()) yield* unsupportedOrEmpty(action, rule, ['Audit', 'Deny', 'Warn']);
  if (actions.texts().includes('Deny') && actions.texts().includes('Warn'))
    yield invalid(
      actions,
      rule,
      'must not contain both Deny and Warn (repeating the same validation failure information serves no purpose)',
    );
}

function* paramRef(ref: Field): Faults {
  const [name, selector, action] = [ref.at('name'), ref.at('selector'), ref.at('parameterNotFoundAction')];
  if (name.text !== '') yield* all(name, 'reference-name', pathSegment(name.text));
  if (name.text !== '' && selector.isSet) yield forbidden(name, rule, 'name and selector are mutually exclusive');
  yield* labelSelector(selector);
  if (name.text === '' && !selector.isSet) yield required(ref, rule, 'one of name or selector must be specified');
  yield* missing(action, rule);
  yield* unsupported(action, rule, ['Allow', 'Deny']);
}
