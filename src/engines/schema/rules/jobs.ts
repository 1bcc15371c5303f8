import type { RuleContext } from '../rule.ts';
import { scheduleFault, timeZoneFault } from './cron.ts';
import {
  all,
  duplicate,
  type Faults,
  invalid,
  missing,
  negative,
  outside,
  required,
  tooLong,
  tooMany,
  unsupported,
  unsupportedOrEmpty,
} from './faults.ts';
import type { Field } from './field.ts';
import { succeededIndexes } from './indexes.ts';
import { isEmptySelector, labelSelector, selectsLabels } from './labels.ts';
import { dnsLabel, domainPath, labelValue, qualifiedName } from './names.ts';
import { template } from './workloads.ts';

const rule = 'job';
const most = 100_000;
const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

export function* job(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  yield* jobSpec(spec, minor);
  const [selector, name] = [spec.at('selector'), object.at('metadata', 'name')];
  yield* labelSelector(selector);
  const labels = spec.at('template', 'metadata', 'labels');
  if (!spec.at('manualSelector').isTrue) {
    if (selector.isSet && !isEmptySelector(selector)) yield invalid(selector, 'selector', '`selector` not auto-generated');
  } else if (!selector.isSet) yield required(selector, 'selector');
  else if (!selectsLabels(selector, labels))
    yield invalid(labels, 'selector-mismatch', '`selector` does not match template `labels`');
  // The pods have it as the label batch.kubernetes.io/job-name.
  if (!spec.at('manualSelector').isTrue)
    for (const detail of labelValue(name.text)) yield invalid(name, 'name', `it is the label job-name of its pods: ${detail}`);
  const last = (completionsOf(spec) ?? 0) - 1;
  if (spec.at('completionMode').text !== 'Indexed' || last < 0 || name.text === '') return;
  if (dnsLabel(`${name.text}-${last}`).length > 0)
    yield invalid(name, 'name', `will not able to create pod with invalid DNS label: ${name.text}-${last}`);
}

function completionsOf(spec: Field): number | undefined {
  const [completions, parallelism] = [spec.at('completions'), spec.at('parallelism')];
  return !completions.isSet && !parallelism.isSet ? 1 : completions.number;
}

function* jobSpec(spec: Field, minor: number): Faults {
  for (const name of counts) yield* negative(spec.at(name), rule);
  const [managedBy, mode] = [spec.at('managedBy'), spec.at('completionMode')];
  if (managedBy.isSet) {
    yield* all(managedBy, rule, domainPath(managedBy.text));
    if (managedBy.text.length > 63) yield tooLong(managedBy, rule, 63);
  }
  yield* unsupportedOrEmpty(mode, rule, ['Indexed', 'NonIndexed']);
  yield* mode.text === 'Indexed' ? indexed(spec) : notIndexed(spec);
  const policy = spec.at('podFailurePolicy');
  if (policy.isSet) yield* failurePolicy(policy, spec);
  yield* unsupportedOrEmpty(spec.at('podReplacementPolicy'), rule, policy.isSet ? ['Failed'] : ['Failed', 'TerminatingOrFailed']);
  yield* template(spec.at('template'), minor);
  const restart = spec.at('template', 'spec', 'restartPolicy');
  if (restart.text === '' || restart.text === 'Always')
    yield required(restart, 'restart-policy', 'valid values: "OnFailure", "Never"');
  else if (policy.isSet && restart.text === 'OnFailure')
    yield invalid(restart, 'restart-policy', 'only "Never" is supported when podFailurePolicy is specified');
}

function* indexed(spec: Field): Faults {
  const [parallelism, failed, perIndex] = [spec.at('parallelism'), spec.at('maxFailedIndexes'), spec.at('backoffLimitPerIndex')];
  const completions = completionsOf(spec);
  if (completions === undefined) yield required(spec.at('completions'), rule, 'when completion mode is Indexed');
  yield* outside(parallelism, rule, Number.NEGATIVE_INFINITY, most);
  if (failed.isSet && !perIndex.isSet) yield required(perIndex, rule, 'when maxFailedIndexes is specified');
  if (failed.number !== undefined && failed.number > (completions ?? most))
    yield invalid(failed, rule, 'must be less than or equal to completions');
  if (failed.number !== undefined && failed.number > most) yield invalid(failed, rule, `must be less than or equal to ${most}`);
  if (completions !== undefined && completions > most && perIndex.isSet) {
    if (!failed.isSet) yield required(failed, rule, `must be specified when completions is above ${most}`);
    for (const field of [parallelism, failed])
      if ((field.number ?? 0) > 10_000)
        yield invalid(
          field,
          rule,
          `must be less than or equal to 10000 when completions are above ${most} and used with backoff limit per index`,
        );
  }
  const rules = spec.at('successPolicy', 'rules');
  if (!spec.at('successPolicy').isSet) return;
  if (rules.size === 0) yield required(rules, rule, 'at least one rules must be specified when the successPolicy is specified');
  if (rules.size > 20) yield tooMany(rules, rule, 20);
  for (const one of rules.items()) yield* successRule(one, completions ?? 0);
}

function* successRule(one: Field, completions: number): Faults {
  const [count, indexes] = [one.at('succeededCount'), one.at('succeededIndexes')];
  if (!count.isSet && !indexes.isSet)
    yield required(one, rule, 'at least one of succeededCount or succeededIndexes must be specified');
  const parsed = indexes.isSet ? succeededIndexes(indexes.text, completions) : 0;
  if (typeof parsed === 'string') yield invalid(indexes, rule, `error parsing succeededIndexes: ${parsed}`);
  yield* negative(count, rule);
  if ((count.number ?? 0) > completions)
    yield invalid(count, rule, `must be less than or equal to ${completions} (the number of specified completions)`);
  if (indexes.isSet && (count.number ?? 0) > (typeof parsed === 'string' ? 0 : parsed))
    yield invalid(count, rule, 'must be less than or equal to the number of indexes in the specified succeededIndexes field');
}

function* notIndexed(spec: Field): Faults {
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'])
    if (spec.at(name).isSet) yield invalid(spec.at(name), rule, 'requires indexed completion mode');
}

function* failurePolicy(policy: Field, spec: Field): Faults {
  const rules = policy.at('rules');
  const names = ['containers', 'initContainers'].flatMap((list) =>
    spec
      .at('template', 'spec', list)
      .items()
      .map((one) => one.at('name').text),
  );
  if (rules.size > 20) yield tooMany(rules, rule, 20);
  for (const one of rules.items()) {
    const [action, codes, conditions] = [one.at('action'), one.at('onExitCodes'), one.at('onPodConditions')];
    yield* missing(action, rule);
    yield* unsupported(action, rule, ['Count', 'FailIndex', 'FailJob', 'Ignore']);
    if (action.text === 'FailIndex' && !spec.at('backoffLimitPerIndex').isSet)
      yield invalid(action, rule, 'requires the backoffLimitPerIndex to be set');
    if (codes.isSet === conditions.size > 0)
      yield invalid(one, rule, 'specifying one of onExitCodes and onPodConditions is required');
    if (codes.isSet) yield* exitCodes(codes, names);
    for (const condition of conditions.items()) {
      yield* all(condition.at('type'), rule, qualifiedName(condition.at('type').text));
      yield* unsupported(condition.at('status'), rule, ['False', 'True', 'Unknown']);
    }
  }
}

function* exitCodes(codes: Field, names: readonly string[]): Faults {
  const [operator, container, values] = [codes.at('operator'), codes.at('containerName'), codes.at('values')];
  yield* missing(operator, rule);
  yield* unsupported(operator, rule, ['In', 'NotIn']);
  if (container.isSet && !names.includes(container.text))
    yield invalid(container, rule, 'must be one of the container or initContainer names in the pod template');
  if (values.size === 0) yield invalid(values, rule, 'at least one value is required');
  if (values.size > 255) yield tooMany(values, rule, 255);
  const numbers = values.items().map(({ number }) => number ?? 0);
  for (const [index, value] of values.items().entries()) {
    if (operator.text === 'In' && !value.number) yield invalid(value, rule, 'must not be 0 for the In operator');
    if (numbers.indexOf(numbers[index] ?? 0) < index) yield duplicate(value, rule);
  }
  if (numbers.some((number, index) => index > 0 && (numbers[index - 1] ?? 0) > number))
    yield invalid(values, rule, 'must be ordered');
}

export function* cronJob(object: Field, { minor }: RuleContext): Faults {
  const [spec, name] = [object.at('spec'), object.at('metadata', 'name')];
  const [schedule, zone, inner] = [spec.at('schedule'), spec.at('timeZone'), spec.at('jobTemplate', 'spec')];
  yield* missing(schedule, 'schedule');
  if (schedule.text !== '') {
    const wrong = scheduleFault(schedule.text);
    if (wrong !== undefined) yield invalid(schedule, 'schedule', wrong);
    if (schedule.text.includes('TZ'))
      yield invalid(schedule, 'schedule', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  }
  const wrongZone = zone.isSet ? timeZoneFault(zone.text) : undefined;
  if (wrongZone !== undefined) yield invalid(zone, 'schedule', wrongZone);
  for (const count of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    yield* negative(spec.at(count), rule);
  yield* unsupported(spec.at('concurrencyPolicy'), rule, ['Allow', 'Forbid', 'Replace']);
  yield* jobSpec(inner, minor);
  if (inner.at('selector').isSet) yield invalid(inner.at('selector'), 'selector', '`selector` will be auto-generated');
  if (inner.at('manualSelector').isTrue)
    yield invalid(inner.at('manualSelector'), 'selector', 'supported values: "nil", "false"');
  if (name.text.length > 52) yield invalid(name, 'name', 'must be no more than 52 characters');
}
