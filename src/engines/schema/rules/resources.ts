import type { Check } from '../../names.ts';
import { all, duplicate, type Faults, forbidden, invalid, invalidKey, notFound, type RuleName, required } from './faults.ts';
import type { Field } from './field.ts';
import { dnsLabel, qualifiedName } from './names.ts';
import type { PodPlace } from './pod-place.ts';
import { isWhole, parseQuantity, quantityOf, resourceOf, unitsOf } from './quantity.ts';

const standardOfContainers = ['cpu', 'memory', 'ephemeral-storage'];
const integers = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const standard = [
  ...standardOfContainers,
  ...['cpu', 'memory', 'ephemeral-storage', 'storage'].map((name) => `requests.${name}`),
  ...['cpu', 'memory', 'ephemeral-storage'].map((name) => `limits.${name}`),
  ...integers,
  'storage',
];

export const isHugePages = (name: string) => name.startsWith('hugepages-');
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string) =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
export const isOvercommitAllowed = (name: string) => isNative(name) && !isHugePages(name);
export const isStandard = (name: string) =>
  standard.includes(name) || isHugePages(name) || name.startsWith('requests.hugepages-');

/** The name of a resource, qualified or one that Kubernetes knows. */
const resourceName: Check = (name) => {
  const wrong = qualifiedName(name);
  if (wrong.length > 0 || name.includes('/') || isStandard(name)) return wrong;
  return ['must be a standard resource type or fully qualified'];
};

/** As `resourceName`; fewer are resources of a container. */
export const containerResource: Check = (name) => {
  const wrong = resourceName(name);
  if (wrong.length > 0) return wrong;
  if (!name.includes('/'))
    return standardOfContainers.includes(name) || isHugePages(name) ? [] : ['must be a standard resource for containers'];
  return isNative(name) || isExtended(name) ? [] : ["doesn't follow extended resource name standard"];
};

/** Names as keys of a list of resources. */
export function* resourceKey(name: string, field: Field, rule: RuleName = 'resources', check: Check = resourceName): Faults {
  for (const detail of check(name)) yield invalidKey(field, rule, detail);
}

const containerResourceName = (name: string, field: Field) => resourceKey(name, field, 'resources', containerResource);

/** A quantity that parses, is not negative, and is whole where the resource is counted. */
export function* resourceQuantity(name: string, field: Field): Faults {
  if (!field.isSet) return;
  const quantity = quantityOf(field);
  if (quantity === undefined) {
    if (typeof field.value === 'string') yield invalid(field, 'quantity', quantityAdvice);
    return;
  }
  if (quantity.nanos < 0n) yield invalid(field, 'quantity', 'must be greater than or equal to 0');
  if ((integers.includes(name) || isExtended(name)) && !isWhole(quantity)) yield invalid(field, 'quantity', 'must be an integer');
}

const quantityAdvice =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', as 500m, 1.5 or 128Mi do";

export function* quantityFormat(field: Field): Faults {
  if (typeof field.value === 'string' && quantityOf(field) === undefined) yield invalid(field, 'quantity', quantityAdvice);
}

export function* resourceNames(key: string, value: Field): Faults {
  yield* containerResourceName(key, value);
  yield* resourceQuantity(key, value);
}

function* hugePages(name: string, field: Field): Faults {
  const [size, quantity] = [parseQuantity(name.slice('hugepages-'.length)), quantityOf(field)];
  if (!isHugePages(name) || quantity === undefined) return;
  const isDivisible = size !== undefined && size.nanos > 0n && isWhole(size) && unitsOf(quantity) % unitsOf(size) === 0n;
  if (!isDivisible) yield invalid(field, 'resources', `is not positive integer multiple of ${name}`);
}

type NameCheck = (name: string, field: Field) => Faults;

export function* containerResources(resources: Field, place: PodPlace): Faults {
  yield* requirements(resources, containerResourceName);
  yield* claims(resources.at('claims'), place.spec.at('resourceClaims'));
}

export function* requirements(resources: Field, checkName: NameCheck): Faults {
  const [limits, requests] = [resources.at('limits'), resources.at('requests')];
  for (const list of [limits, requests]) {
    for (const [name, value] of list.entries()) {
      yield* checkName(name, value);
      yield* resourceQuantity(name, value);
      yield* hugePages(name, value);
    }
  }
  for (const [name, value] of requests.entries()) yield* atMostLimit(name, value, limits.at(name));
  const names = [...limits.entries(), ...requests.entries()].map(([name]) => name);
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory'))
    yield forbidden(resources, 'resources', 'HugePages require cpu or memory');
}

function* atMostLimit(name: string, request: Field, limit: Field): Faults {
  const [asked, most] = [resourceOf(request), resourceOf(limit)];
  if (limit.value === undefined) {
    if (!isOvercommitAllowed(name)) yield required(limit, 'resources', 'Limit must be set for non overcommitable resources');
    return;
  }
  if (asked === undefined || most === undefined) return;
  if (asked.nanos !== most.nanos && !isOvercommitAllowed(name))
    yield invalid(request, 'resources', `must be equal to ${name} limit of ${limit.value}`);
  else if (asked.nanos > most.nanos)
    yield invalid(request, 'resources', `must be less than or equal to ${name} limit of ${limit.value}`);
}

function* claims(list: Field, known: Field): Faults {
  const names = known.items().map((claim) => claim.at('name').text);
  const seen = new Set<string>();
  for (const claim of list.items()) {
    const [name, request] = [claim.at('name'), claim.at('request')];
    if (name.text === '') {
      yield required(claim, 'resource-claim');
      continue;
    }
    if (request.text !== '') yield* all(request, 'resource-claim', dnsLabel(request.text));
    const key = request.text === '' ? name.text : `${name.text}/${request.text}`;
    const isTaken =
      seen.has(name.text) ||
      seen.has(key) ||
      (request.text === '' && [...seen].some((other) => other.split('/')[0] === name.text));
    if (isTaken) yield duplicate(claim, 'resource-claim', key);
    seen.add(key);
    if (!names.includes(name.text)) yield notFound(name, 'resource-claim', 'must be one of the names in pod.spec.resourceClaims');
  }
}

/** Resources of the whole pod. */
export function* podResources(place: PodPlace): Faults {
  const { spec } = place;
  const resources = spec.at('resources');
  if (!resources.isSet) return;
  if (spec.at('os', 'name').text === 'windows')
    return yield forbidden(resources, 'resources', 'may not be set for a windows pod');
  if (resources.at('claims').isSet)
    yield forbidden(resources.at('claims'), 'resources', 'claims may not be set for Resources at pod-level');
  yield* requirements(resources, podResourceName);
  for (const [name, request] of resources.at('requests').entries()) {
    const total = sumOf(spec, name);
    const most = resourceOf(request);
    if (most !== undefined && total > most.nanos)
      yield invalid(request, 'resources', 'must be greater than or equal to aggregate container requests');
  }
  for (const container of spec.at('containers').items())
    for (const [name, limit] of container.at('resources', 'limits').entries()) {
      const [one, most] = [resourceOf(limit), resourceOf(resources.at('limits', name))];
      if (one !== undefined && most !== undefined && one.nanos > most.nanos)
        yield invalid(limit, 'resources', `must be less than or equal to pod limits of ${resources.at('limits', name).value}`);
    }
}

const podResourceName = (name: string, field: Field) => resourceKey(name, field, 'resources', podResource);

const podResource: Check = (name) => {
  const wrong = resourceName(name);
  if (wrong.length > 0 || name === 'cpu' || name === 'memory' || isHugePages(name)) return wrong;
  return ['supported values for the resources of a pod: "cpu", "hugepages-", "memory"'];
};

/** What the containers request at once, at most: the containers with all sidecars, or an init container with the sidecars before it. */
function sumOf(spec: Field, name: string): bigint {
  const of = (container: Field): bigint => resourceOf(container.at('resources', 'requests', name))?.nanos ?? 0n;
  let [sidecars, most] = [0n, 0n];
  for (const container of spec.at('initContainers').items()) {
    const request = sidecars + of(container);
    if (container.at('restartPolicy').text === 'Always') sidecars = request;
    if (request > most) most = request;
  }
  const running = spec
    .at('containers')
    .items()
    .reduce((sum, container) => sum + of(container), sidecars);
  return running > most ? running : most;
}
