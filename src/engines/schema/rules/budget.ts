import { type Faults, invalid, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { countOrPercent } from './workloads.ts';

const rule = 'disruption-budget';

/** PodDisruptionBudget. */
export function* budget(object: Field): Faults {
  const spec = object.at('spec');
  const [least, most] = [spec.at('minAvailable'), spec.at('maxUnavailable')];
  if (least.isSet && most.isSet) yield invalid(spec, rule, 'minAvailable and maxUnavailable cannot be both set');
  yield* countOrPercent(least, rule, true);
  yield* countOrPercent(most, rule, true);
  yield* labelSelector(spec.at('selector'));
  yield* unsupportedOrEmpty(spec.at('unhealthyPodEvictionPolicy'), rule, ['AlwaysAllow', 'IfHealthyBudget']);
}
