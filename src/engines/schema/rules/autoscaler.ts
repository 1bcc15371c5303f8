import type { RuleContext } from '../rule.ts';
import { all, type Faults, forbidden, invalid, membersOf, missing, required, unsupported, unsupportedOrEmpty } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { dnsLabel, pathSegment } from './names.ts';
import { quantityOf } from './quantity.ts';
import { containerResource, quantityFormat } from './resources.ts';

const rule = 'autoscaler';
const sources: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

const scaleToZero = 'must specify at least one Object or External metric to support scaling to zero replicas';

export function* autoscaler(object: Field, { version, minor }: RuleContext): Faults {
  const spec = object.at('spec');
  const [least, most] = [spec.at('minReplicas'), spec.at('maxReplicas')];
  const bound = isOn('allowsScaleToZero', minor) ? 0 : 1;
  if (least.number !== undefined && least.number < bound) yield invalid(least, rule, `must be greater than or equal to ${bound}`);
  if (!most.number) yield required(most, rule, 'must be set and greater than 0');
  else if (most.number < 0) yield invalid(most, rule, 'must be greater than or equal to 1');
  if ((most.number ?? 0) < (least.number ?? 1)) yield invalid(most, rule, 'must be greater than or equal to `minReplicas`');
  const target = spec.at('scaleTargetRef');
  yield* reference(target, target.at('kind').text === 'ReplicationController' || !isOn('checksScaleTargets', minor));
  if (version === 'v1') {
    const percentage = spec.at('targetCPUUtilizationPercentage');
    if (percentage.number !== undefined && percentage.number < 1) yield invalid(percentage, rule, 'must be greater than 0');
    if (least.number === 0) yield forbidden(least, rule, scaleToZero);
    return;
  }
  for (const metric of spec.at('metrics').items()) yield* metricSpec(metric);
  const kinds = spec
    .at('metrics')
    .items()
    .map((metric) => metric.at('type').text);
  if (least.number === 0 && !kinds.includes('Object') && !kinds.includes('External'))
    yield forbidden(spec.at('metrics'), rule, scaleToZero);
  for (const name of ['scaleUp', 'scaleDown']) yield* scalingRules(spec.at('behavior', name));
}

function* reference(ref: Field, isEmptyGroupAllowed: boolean): Faults {
  for (const name of ['kind', 'name']) {
    yield* missing(ref.at(name), rule);
    yield* all(ref.at(name), rule, pathSegment(ref.at(name).text));
  }
  const version = ref.at('apiVersion');
  if (version.text.split('/').length > 2) yield invalid(version, rule, `unexpected GroupVersion string: ${version.text}`);
  else if (!isEmptyGroupAllowed && !/^[^/]+\//.test(version.text))
    yield invalid(version, rule, 'apiVersion must specify API group');
}

function* metricSpec(metric: Field): Faults {
  const type = metric.at('type');
  yield* missing(type, rule, 'must specify a metric source type');
  yield* unsupported(type, rule, Object.keys(sources));
  const expected = sources[type.text];
  if (expected !== undefined && !metric.at(expected).isSet)
    yield required(metric.at(expected), rule, 'must populate information for the given metric source');
  for (const source of membersOf(metric, Object.values(sources))) {
    if (source.step !== expected) yield forbidden(source, rule, 'must populate the given metric source only');
    else yield* sourceFaults(source);
  }
}

function* sourceFaults(source: Field): Faults {
  const target = source.at('target');
  const [name, value, average, utilization] = [
    source.at('name'),
    ...['value', 'averageValue', 'averageUtilization'].map((one) => target.at(one)),
  ];
  if (value === undefined || average === undefined || utilization === undefined) return;
  const isOfResource = source.step === 'resource' || source.step === 'containerResource';
  if (isOfResource) yield* resourceSource(source, name);
  else yield* identifier(source.at('metric'));
  if (source.step === 'object') yield* reference(source.at('describedObject'), true);
  yield* metricTarget(target);
  if (isOfResource) {
    if (!utilization.isSet && !average.isSet)
      yield required(utilization, rule, 'must set either a target raw value or a target utilization');
    if (utilization.isSet && average.isSet)
      yield forbidden(average, rule, 'may not set both a target raw value and a target utilization');
  } else if (source.step === 'pods') {
    if (!average.isSet) yield required(average, rule, 'must specify a positive target averageValue');
  } else {
    if (!value.isSet && !average.isSet)
      yield required(average, rule, 'must set either a target value for metric or a per-pod target');
    if (source.step === 'external' && value.isSet && average.isSet)
      yield forbidden(value, rule, 'may not set both a target value for metric and a per-pod target');
  }
}

function* resourceSource(source: Field, name: Field): Faults {
  yield* missing(name, rule, 'must specify a resource name');
  if (source.step !== 'containerResource') return;
  if (name.text !== '') yield* all(name, rule, containerResource(name.text));
  const container = source.at('container');
  yield* missing(container, rule, 'must specify a container');
  if (container.text !== '') yield* all(container, rule, dnsLabel(container.text));
}

function* identifier(metric: Field): Faults {
  yield* missing(metric.at('name'), rule, 'must specify a metric name');
  yield* all(metric.at('name'), rule, pathSegment(metric.at('name').text));
}

function* metricTarget(target: Field): Faults {
  const [type, utilization] = [target.at('type'), target.at('averageUtilization')];
  yield* missing(type, rule, 'must specify a metric target type');
  yield* unsupported(type, rule, ['Utilization', 'Value', 'AverageValue']);
  for (const field of [target.at('value'), target.at('averageValue')]) {
    yield* quantityFormat(field);
    const quantity = quantityOf(field);
    if (quantity !== undefined && quantity.nanos <= 0n) yield invalid(field, rule, 'must be positive');
  }
  if (utilization.number !== undefined && utilization.number < 1) yield invalid(utilization, rule, 'must be greater than 0');
}

function* scalingRules(rules: Field): Faults {
  const [window, policies] = [rules.at('stabilizationWindowSeconds'), rules.at('policies')];
  if (window.number !== undefined && window.number < 0) yield invalid(window, rule, 'must be greater than or equal to zero');
  if (window.number !== undefined && window.number > 3600) yield invalid(window, rule, 'must be less than or equal to 3600');
  yield* unsupportedOrEmpty(rules.at('selectPolicy'), rule, ['Disabled', 'Max', 'Min']);
  if (policies.isSet && policies.size === 0) yield required(policies, rule, 'must specify at least one Policy');
  for (const policy of policies.items()) {
    const [value, period] = [policy.at('value'), policy.at('periodSeconds')];
    yield* missing(policy.at('type'), rule);
    yield* unsupported(policy.at('type'), rule, ['Percent', 'Pods']);
    for (const field of [value, period]) if ((field.number ?? 0) <= 0) yield invalid(field, rule, 'must be greater than zero');
    if ((period.number ?? 0) > 1800) yield invalid(period, rule, 'must be less than or equal to 1800');
  }
  const tolerance = rules.at('tolerance');
  yield* quantityFormat(tolerance);
  if ((quantityOf(tolerance)?.nanos ?? 0n) < 0n) yield invalid(tolerance, rule, 'must be greater than or equal to 0');
}
