import { duplicate, type Faults, forbidden, invalid, invalidKey, required } from './faults.ts';
import type { Field } from './field.ts';
import { operands } from './labels.ts';
import { qualifiedName } from './names.ts';
import { quantityOf, resourceOf } from './quantity.ts';
import { containerResource, isOvercommitAllowed, isStandard, resourceKey, resourceQuantity } from './resources.ts';

const podScopes = ['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity'];
const scopes = [...podScopes, 'BestEffort', 'VolumeAttributesClass'];
const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const notOfQuotas = ['storage'];

/** Whether a scope of a quota limits a resource. */
function isApplicable(scope: string, name: string): boolean {
  if (podScopes.includes(scope)) return name === 'pods' || compute.includes(name);
  if (scope === 'BestEffort') return name === 'pods';
  return scope !== 'VolumeAttributesClass' || name === 'persistentvolumeclaims' || name === 'requests.storage';
}

export function* resourceQuota(object: Field): Faults {
  const spec = object.at('spec');
  const hard = spec.at('hard');
  for (const [name, value] of hard.entries()) {
    const wrong = [...resourceKey(name, value, 'quota')];
    yield* wrong;
    if (wrong.length === 0 && notOfQuotas.includes(name))
      yield invalidKey(value, 'quota', 'must be a standard resource for quota');
    yield* resourceQuantity(name, value);
  }
  const names = hard
    .entries()
    .map(([name]) => name)
    .filter((name) => isStandard(name) && !notOfQuotas.includes(name));
  for (const scope of spec.at('scopes').items()) yield* scopeFaults(scope, names);
  yield* conflicts(spec.at('scopes'), spec.at('scopes').texts());
  const expressions = spec.at('scopeSelector', 'matchExpressions');
  for (const expression of expressions.items()) {
    const [scope, operator] = [expression.at('scopeName'), expression.at('operator')];
    yield* scopeFaults(scope, names);
    const needsExists = scopes.includes(scope.text) && scope.text !== 'PriorityClass' && scope.text !== 'VolumeAttributesClass';
    if (needsExists && operator.text !== 'Exists')
      yield invalid(operator, 'quota', `must be 'Exists' when scope is ${scope.text}`);
    yield* operands(expression, ['In', 'NotIn'], ['Exists', 'DoesNotExist'], 'quota');
  }
  yield* conflicts(
    expressions,
    expressions.items().map((expression) => expression.at('scopeName').text),
  );
}

function* scopeFaults(scope: Field, names: readonly string[]): Faults {
  if (!scopes.includes(scope.text)) yield invalid(scope, 'quota', 'unsupported scope');
  for (const name of names)
    if (!isApplicable(scope.text, name)) yield invalid(scope, 'quota', `unsupported scope applied to resource ${name}`);
}

function* conflicts(field: Field, names: readonly string[]): Faults {
  for (const name of ['BestEffort', 'Terminating'])
    if (names.includes(name) && names.includes(`Not${name}`)) yield invalid(field, 'quota', 'conflicting scopes');
}

const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'];

export function* limitRange(object: Field): Faults {
  const seen = new Set<string>();
  for (const limit of object.at('spec', 'limits').items()) {
    const type = limit.at('type');
    for (const detail of qualifiedName(type.text)) yield invalid(type, 'limit-range', detail);
    if (!type.text.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type.text))
      yield invalid(type, 'limit-range', 'must be a standard limit type or fully qualified');
    if (seen.has(type.text)) yield duplicate(type, 'limit-range');
    seen.add(type.text);
    yield* limitNames(limit, type.text);
    const names = new Set(
      lists.flatMap((list) =>
        limit
          .at(list)
          .entries()
          .map(([name]) => name),
      ),
    );
    for (const name of names) yield* limitOrder(limit, name);
    if (type.text === 'PersistentVolumeClaim' && !limit.at('min', 'storage').isSet && !limit.at('max', 'storage').isSet)
      yield required(limit, 'limit-range', 'either minimum or maximum storage value is required, but neither was provided');
  }
}

function* limitNames(limit: Field, type: string): Faults {
  for (const list of lists) {
    if (type === 'Pod' && (list === 'default' || list === 'defaultRequest')) {
      if (limit.at(list).size > 0) yield forbidden(limit.at(list), 'limit-range', "may not be specified when `type` is 'Pod'");
      continue;
    }
    for (const [name, value] of limit.at(list).entries()) {
      yield* type === 'Pod' || type === 'Container'
        ? resourceKey(name, value, 'resources', containerResource)
        : resourceKey(name, value);
      if (typeof value.value === 'string' && quantityOf(value) === undefined)
        yield invalid(value, 'quantity', 'must be a quantity');
    }
  }
}

/** min <= defaultRequest <= default <= max, with what the API server completes for containers. */
function* limitOrder(limit: Field, name: string): Faults {
  const isContainer = limit.at('type').text === 'Container';
  const of = (list: string) => resourceOf(limit.at(list, name))?.nanos;
  const [max, min, ratio] = [of('max'), of('min'), of('maxLimitRequestRatio')];
  const byDefault = of('default') ?? (isContainer ? max : undefined);
  const request = of('defaultRequest') ?? (isContainer ? (byDefault ?? min) : undefined);
  const ordered: readonly (readonly [low: bigint | undefined, high: bigint | undefined, list: string, message: string])[] = [
    [min, max, 'min', 'min value is greater than max value'],
    [min, request, 'defaultRequest', 'min value is greater than default request value'],
    [request, max, 'defaultRequest', 'default request value is greater than max value'],
    [request, byDefault, 'defaultRequest', 'default request value is greater than default limit value'],
    [min, byDefault, 'default', 'min value is greater than default value'],
    [byDefault, max, 'default', 'default value is greater than max value'],
  ];
  for (const [low, high, list, message] of ordered)
    if (low !== undefined && high !== undefined && low > high) yield invalid(limit.at(list, name), 'limit-range', message);
  if (ratio !== undefined && ratio < 1_000_000_000n)
    yield invalid(limit.at('maxLimitRequestRatio', name), 'limit-range', 'ratio is less than 1');
  if (ratio !== undefined && min !== undefined && max !== undefined && Number(ratio) / 1e9 > Number(max) / Number(min))
    yield invalid(limit.at('maxLimitRequestRatio', name), 'limit-range', 'ratio is greater than max/min');
  if (!isOvercommitAllowed(name) && byDefault !== undefined && request !== undefined && byDefault !== request)
    yield invalid(limit.at('defaultRequest', name), 'limit-range', 'default value must equal to defaultRequest value');
}
