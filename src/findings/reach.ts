import { objectAt, objectsAt, valueAt } from '../model/field-path.ts';
import { isArray, type JsonObject } from '../model/json.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';

/** How the pods of a workload with these labels are reachable from outside, such as `Service shop/web of type LoadBalancer`. */
export type Reach = (workload: Resource, labels: JsonObject) => readonly string[];

const gatewayGroup = 'gateway.networking.k8s.io';
const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/**
 * Based on the manifests: a Service's selector, and backends of an Ingress or route, all in one namespace. Ignored because uncertain:
 * backends in another namespace, which need a ReferenceGrant, and ports, which a container need not declare.
 */
export function createReach(resources: readonly Resource[]): Reach {
  const services = resources.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service');
  const doors = resources.flatMap((resource) => {
    const backends = backendsOf(resource);
    return backends.size === 0 ? [] : [{ resource, backends }];
  });
  return (workload, labels) =>
    services
      .filter((service) => areTogether(service, workload) && selectsPod(service, labels))
      .flatMap((service) => [
        ...outwards(service),
        ...doors
          .filter((door) => door.backends.has(service.name) && areTogether(door.resource, service))
          .map((door) => resourceLabel(door.resource)),
      ]);
}

/** Deployed to the same namespace in some environment. Without a namespace, only resources that are rendered together are known to be. */
function areTogether(a: Resource, b: Resource): boolean {
  const isSameNamespace = a.namespace === undefined ? a.source.unit === b.source.unit : true;
  const none = a.environments.length === 0 && b.environments.length === 0;
  return a.namespace === b.namespace && isSameNamespace && (none || a.environments.some((name) => b.environments.includes(name)));
}

/** The endpoints of a Service without a selector are managed elsewhere. */
export function selectsPod({ object }: Resource, labels: JsonObject): boolean {
  const wanted = Object.entries(objectAt(object, 'spec', 'selector'));
  if (valueAt(object, ['spec', 'type']) === 'ExternalName') return false;
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function outwards(service: Resource): readonly string[] {
  const type = valueAt(service.object, ['spec', 'type']);
  const addresses = valueAt(service.object, ['spec', 'externalIPs']);
  return [
    ...(type === 'LoadBalancer' || type === 'NodePort' ? [`${resourceLabel(service)} of type ${type}`] : []),
    ...(isArray(addresses) && addresses.length > 0 ? [`${resourceLabel(service)} with external IPs`] : []),
  ];
}

/** Whether it is itself a way in from outside the cluster. */
export function isOutward(service: Resource): boolean {
  return outwards(service).length > 0;
}

function backendsOf(resource: Resource): ReadonlySet<string> {
  const [group = ''] = resource.apiVersion.split('/');
  if (group === 'networking.k8s.io' && resource.kind === 'Ingress') return ingressBackends(resource.object);
  if (group === gatewayGroup && routeKinds.includes(resource.kind)) return routeBackends(resource);
  return new Set();
}

function ingressBackends(object: JsonObject): ReadonlySet<string> {
  const paths = objectsAt(object, 'spec', 'rules').flatMap((rule) => objectsAt(rule, 'http', 'paths'));
  const backends = [...paths.map((path) => objectAt(path, 'backend')), objectAt(object, 'spec', 'defaultBackend')];
  return new Set(backends.map((backend) => valueAt(backend, ['service', 'name'])).filter((name) => typeof name === 'string'));
}

/** A route whose parent is a Service (a mesh) does not expose anything to the outside. https://gateway-api.sigs.k8s.io/reference/spec/ */
function routeBackends({ object, namespace }: Resource): ReadonlySet<string> {
  const isGateway = ({ kind = 'Gateway', group = gatewayGroup }: JsonObject) => kind === 'Gateway' && group === gatewayGroup;
  if (!objectsAt(object, 'spec', 'parentRefs').some(isGateway)) return new Set();
  const references = objectsAt(object, 'spec', 'rules').flatMap((rule) => objectsAt(rule, 'backendRefs'));
  const services = references.filter(
    ({ kind = 'Service', group = '', weight = 1, ...rest }) =>
      kind === 'Service' && group === '' && weight !== 0 && (rest.namespace === undefined || rest.namespace === namespace),
  );
  return new Set(services.map(({ name }) => name).filter((name) => typeof name === 'string'));
}
