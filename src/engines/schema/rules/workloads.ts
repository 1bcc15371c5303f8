import { isObject } from '../../../model/json.ts';
import type { RuleContext } from '../rule.ts';
import { claimSpec } from './claim.ts';
import { all, type Faults, forbidden, invalid, negative, required, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { templateSelector } from './labels.ts';
import { templateMetadata } from './metadata.ts';
import { dnsLabel, percent } from './names.ts';
import { podSpec } from './pod.ts';

/** A pod template of a workload. */
export function* template(field: Field, minor: number, added: readonly string[] = []): Faults {
  yield* templateMetadata(field.at('metadata'));
  yield* podSpec({ meta: field.at('metadata'), spec: field.at('spec'), isPod: false, added, minor });
}

/** Of pods that run until they are deleted. */
function* alwaysRestarts(spec: Field, kind: string): Faults {
  const [policy, deadline] = [spec.at('template', 'spec', 'restartPolicy'), spec.at('template', 'spec', 'activeDeadlineSeconds')];
  if (policy.text === 'OnFailure' || policy.text === 'Never') yield* unsupported(policy, 'restart-policy', ['Always']);
  if (deadline.isSet) yield forbidden(deadline, 'pod', `activeDeadlineSeconds in ${kind} is not Supported`);
}

const counts = ['replicas', 'minReadySeconds', 'revisionHistoryLimit'];

function* replicated(spec: Field, { kind, minor }: RuleContext, added: readonly string[] = []): Faults {
  for (const name of counts) yield* negative(spec.at(name), 'replicas');
  yield* templateSelector(spec, kind);
  yield* template(spec.at('template'), minor, added);
  yield* alwaysRestarts(spec, kind);
}

export function* deployment(object: Field, context: RuleContext): Faults {
  const spec = object.at('spec');
  yield* replicated(spec, context);
  const [strategy, deadline] = [spec.at('strategy'), spec.at('progressDeadlineSeconds')];
  const rolling = strategy.at('rollingUpdate');
  yield* unsupported(strategy.at('type'), 'strategy', ['Recreate', 'RollingUpdate']);
  if (strategy.at('type').text === 'Recreate') {
    if (rolling.isSet) yield forbidden(rolling, 'strategy', "may not be specified when strategy `type` is 'Recreate'");
  } else {
    const [surge, unavailable] = [rolling.at('maxSurge'), rolling.at('maxUnavailable')];
    yield* countOrPercent(surge, 'strategy', false);
    yield* countOrPercent(unavailable, 'strategy', true);
    if (isZero(surge) && isZero(unavailable)) yield invalid(unavailable, 'strategy', 'may not be 0 when `maxSurge` is 0');
  }
  yield* negative(deadline, 'replicas');
  if ((deadline.number ?? 600) <= (spec.at('minReadySeconds').number ?? 0))
    yield invalid(
      deadline.isSet ? deadline : spec.at('minReadySeconds'),
      'strategy',
      'progressDeadlineSeconds must be greater than minReadySeconds',
    );
}

export function* replicaSet(object: Field, context: RuleContext): Faults {
  yield* replicated(object.at('spec'), context);
}

export function* replicationController(object: Field, { kind, minor }: RuleContext): Faults {
  const spec = object.at('spec');
  const [selector, pods] = [spec.at('selector'), spec.at('template')];
  const labels = pods.at('metadata', 'labels');
  for (const name of counts) yield* negative(spec.at(name), 'replicas');
  if (!pods.isSet) return yield required(pods, 'container');
  if (selector.size === 0 && labels.size === 0) yield required(selector, 'selector');
  if (selector.entries().some(([key, { text }]) => !labels.at(key).isSet || labels.at(key).text !== text))
    yield invalid(labels, 'selector-mismatch', '`selector` does not match template `labels`');
  yield* template(pods, minor);
  yield* alwaysRestarts(spec, kind);
}

export function* daemonSet(object: Field, context: RuleContext): Faults {
  const spec = object.at('spec');
  yield* replicated(spec, context);
  const strategy = spec.at('updateStrategy');
  yield* unsupported(strategy.at('type'), 'strategy', ['OnDelete', 'RollingUpdate']);
  if (strategy.at('type').text === 'OnDelete') return;
  const [surge, unavailable] = [strategy.at('rollingUpdate', 'maxSurge'), strategy.at('rollingUpdate', 'maxUnavailable')];
  yield* countOrPercent(surge, 'strategy', true);
  yield* countOrPercent(unavailable, 'strategy', true);
  const [hasSurge, hasUnavailable] = [surge.isSet && !isZero(surge), !isZero(unavailable)];
  if (hasSurge && hasUnavailable) yield invalid(surge, 'strategy', 'may not be set when maxUnavailable is non-zero');
  if (!hasSurge && !hasUnavailable) yield required(unavailable, 'strategy', 'cannot be 0 when maxSurge is 0');
}

export function* statefulSet(object: Field, context: RuleContext): Faults {
  const spec = object.at('spec');
  const claims = spec.at('volumeClaimTemplates').items();
  yield* replicated(
    spec,
    context,
    claims.map((claim) => claim.at('metadata', 'name').text),
  );
  for (const claim of claims) yield* claimSpec(claim.at('spec'));
  const [strategy, policy] = [spec.at('updateStrategy'), spec.at('persistentVolumeClaimRetentionPolicy')];
  yield* unsupported(spec.at('podManagementPolicy'), 'strategy', ['OrderedReady', 'Parallel']);
  yield* unsupported(strategy.at('type'), 'strategy', ['OnDelete', 'RollingUpdate']);
  if (strategy.at('type').text === 'OnDelete') {
    if (strategy.at('rollingUpdate').isSet)
      yield invalid(strategy.at('rollingUpdate'), 'strategy', "only allowed for updateStrategy 'RollingUpdate'");
  } else yield* partitions(strategy.at('rollingUpdate'), context.minor);
  for (const name of ['whenDeleted', 'whenScaled']) yield* unsupported(policy.at(name), 'strategy', ['Delete', 'Retain']);
  yield* negative(spec.at('ordinals', 'start'), 'replicas');
  if (spec.at('serviceName').text !== '')
    yield* all(spec.at('serviceName'), 'reference-name', dnsLabel(spec.at('serviceName').text));
}

function* partitions(rolling: Field, minor: number): Faults {
  yield* negative(rolling.at('partition'), 'strategy');
  const unavailable = rolling.at('maxUnavailable');
  if (!isOn('allowsMaxUnavailableOfStatefulSets', minor)) return;
  yield* countOrPercent(unavailable, 'strategy', true);
  if (isZero(unavailable)) yield invalid(unavailable, 'strategy', 'cannot be 0');
}

/** A number from zero, or a percentage. */
export function* countOrPercent(field: Field, rule: 'strategy' | 'disruption-budget', isAtMostAll: boolean): Faults {
  if (typeof field.value !== 'string') return yield* negative(field, rule);
  const wrong = percent(field.text);
  yield* all(field, rule, wrong);
  if (isAtMostAll && wrong.length === 0 && Number.parseInt(field.text, 10) > 100)
    yield invalid(field, rule, 'must not be greater than 100%');
}

const isZero = (field: Field) => field.number === 0 || /^0+%$/.test(field.text);

export function* controllerRevision(object: Field): Faults {
  const data = object.at('data');
  yield* negative(object.at('revision'), 'replicas');
  if (!isObject(data.value)) yield required(data, 'replicas', 'data must be a valid JSON object');
}

export function* podTemplate(object: Field, { minor }: RuleContext): Faults {
  yield* template(object.at('template'), minor);
}
