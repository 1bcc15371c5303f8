import type { RuleContext } from '../rule.ts';
import { isIPv6Address, range } from './addresses.ts';
import { all, duplicate, type Faults, forbidden, invalid, missing, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { labelKey, labelMap } from './labels.ts';
import { finalizers } from './metadata.ts';
import { dnsLabel, labelValue } from './names.ts';
import { resourceNames, resourceQuantity } from './resources.ts';
import { effects, tolerations } from './scheduling.ts';

export function* namespace(object: Field): Faults {
  yield* finalizers(object.at('spec', 'finalizers'));
}

export function* node(object: Field, { minor }: RuleContext): Faults {
  const seen = new Set<string>();
  for (const taint of object.at('spec', 'taints').items()) {
    const [key, value, effect] = [taint.at('key'), taint.at('value'), taint.at('effect')];
    yield* labelKey(key);
    yield* all(value, 'toleration', labelValue(value.text));
    yield* missing(effect, 'toleration');
    yield* unsupported(effect, 'toleration', effects);
    const pair = `${key.text}/${effect.text}`;
    if (seen.has(pair)) yield duplicate(taint, 'toleration', pair);
    seen.add(pair);
  }
  const [cidr, cidrs] = [object.at('spec', 'podCIDR'), object.at('spec', 'podCIDRs').items()];
  for (const one of cidr.text === '' ? cidrs : [cidr, ...cidrs.slice(1)]) yield* range(one, minor);
  const families = cidrs.map(({ text }) => isIPv6Address(text));
  if (cidrs.length > 1 && new Set(families).size < cidrs.length)
    yield invalid(object.at('spec', 'podCIDRs'), 'ip', 'may specify no more than one CIDR for each IP family');
  for (const list of ['capacity', 'allocatable'])
    for (const [name, value] of object.at('status', list).entries()) yield* resourceQuantity(name, value);
}

export function* runtimeClass(object: Field): Faults {
  const [handler, scheduling] = [object.at('handler'), object.at('scheduling')];
  yield* missing(handler, 'runtime-class');
  if (handler.text !== '') yield* all(handler, 'runtime-class', dnsLabel(handler.text));
  for (const [name, value] of object.at('overhead', 'podFixed').entries()) yield* resourceNames(name, value);
  yield* labelMap(scheduling.at('nodeSelector'));
  yield* tolerations(scheduling.at('tolerations'));
  const seen = new Set<string>();
  for (const toleration of scheduling.at('tolerations').items()) {
    const key = ['key', 'operator', 'value', 'effect'].map((name) => toleration.at(name).text).join('\n');
    if (seen.has(key)) yield duplicate(toleration, 'toleration');
    seen.add(key);
  }
}

const highest = 1_000_000_000;
const system: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export function* priorityClass(object: Field): Faults {
  const [name, value] = [object.at('metadata', 'name'), object.at('value')];
  if (name.text.startsWith('system-')) {
    const known = Object.hasOwn(system, name.text) ? system[name.text] : undefined;
    if (known === undefined || known !== value.number || object.at('globalDefault').isTrue)
      yield forbidden(name, 'priority-class', "priority class names with 'system-' prefix are reserved for system use only");
  } else if ((value.number ?? 0) > highest)
    yield forbidden(value, 'priority-class', `maximum allowed value of a user defined priority is ${highest}`);
  yield* unsupported(object.at('preemptionPolicy'), 'priority-class', ['PreemptLowerPriority', 'Never']);
  if (object.at('preemptionPolicy').value === '')
    yield invalid(object.at('preemptionPolicy'), 'priority-class', 'must not be empty');
}

export function* lease(object: Field): Faults {
  const spec = object.at('spec');
  const [duration, transitions] = [spec.at('leaseDurationSeconds'), spec.at('leaseTransitions')];
  if (duration.number !== undefined && duration.number <= 0) yield invalid(duration, 'lease', 'must be greater than 0');
  if (transitions.number !== undefined && transitions.number < 0)
    yield invalid(transitions, 'lease', 'must be greater than or equal to 0');
}
