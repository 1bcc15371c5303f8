import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';

type Type = 'boolean' | 'string' | 'list' | 'map';

/**
 * Fields of a pod spec that have the same meaning in custom resources. Source:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
 */
const shared: Readonly<Record<string, Type>> = {
  affinity: 'map',
  automountServiceAccountToken: 'boolean',
  dnsConfig: 'map',
  dnsPolicy: 'string',
  hostAliases: 'list',
  hostIPC: 'boolean',
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostUsers: 'boolean',
  imagePullSecrets: 'list',
  nodeSelector: 'map',
  priorityClassName: 'string',
  runtimeClassName: 'string',
  securityContext: 'map',
  serviceAccountName: 'string',
  shareProcessNamespace: 'boolean',
  tolerations: 'list',
  topologySpreadConstraints: 'list',
  volumes: 'list',
};

/** Fields of a container; those that only a container's security context has distinguish it from a pod's. */
export const containerFields = [
  'name',
  'image',
  'command',
  'args',
  'env',
  'ports',
  'resources',
  'securityContext',
  'volumeMounts',
];
const containerOnly = ['privileged', 'capabilities', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'procMount'];

/** The pod fields in a map of a custom resource whose type matches that in a pod. */
export function sharedFields(map: JsonObject): readonly string[] {
  return Object.keys(map).filter((key) => {
    const type = Object.hasOwn(shared, key) ? shared[key] : undefined;
    return type !== undefined && isOfType(map[key], type);
  });
}

function isOfType(value: JsonValue | undefined, type: Type): boolean {
  if (type === 'list') return isArray(value);
  return type === 'map' ? isObject(value) : typeof value === type;
}

/** Whether it shares a namespace or a folder of the node, which only a pod can, even without containers next to it. */
export function reachesNode(map: JsonObject): boolean {
  const { hostNetwork, volumes } = map;
  return (
    seesNode(map) ||
    hostNetwork === true ||
    (isArray(volumes) && volumes.some((item) => isObject(item) && isObject(item.hostPath)))
  );
}

/** Keys of lists of a pod's volumes of which one is a path of the node, whatever the list is called: `volumes`, `extraVolumes`. */
export function nodeVolumeKeys(map: JsonObject): readonly string[] {
  const isNodePath = (item: JsonValue) =>
    isObject(item) && typeof item.name === 'string' && isObject(item.hostPath) && typeof item.hostPath.path === 'string';
  return Object.keys(map).filter((key) => {
    const list = map[key];
    return isArray(list) && list.some(isNodePath);
  });
}

/** Fields that only pods have, in any resource. */
export function seesNode({ hostPID, hostIPC }: JsonObject): boolean {
  return hostPID === true || hostIPC === true;
}

/** Whether a map is a container itself, such as `spec: {image, securityContext: {capabilities}}`. */
export function isContainerItself({ image, securityContext }: JsonObject): boolean {
  if (!isObject(securityContext)) return false;
  return securityContext.privileged === true || (typeof image === 'string' && isOfContainer(securityContext));
}

export function isOfContainer(securityContext: JsonValue | undefined): boolean {
  return isObject(securityContext) && containerOnly.some((key) => Object.hasOwn(securityContext, key));
}

/** `containers`, `initContainers`, `sidecarContainers`; Tekton's `steps` and Argo's and Spark's `sidecars`. */
const listKey = /^(?:\w*[cC]ontainers|sidecars|steps)$/;
/** Argo's `container` and `script`, Strimzi's `kafkaContainer`. */
const singleKey = /^(?:\w*[cC]ontainer|script)$/;

/** Keys of the lists (or maps by name) of containers in a map, and of single containers. `known`: the kind is known to have them. */
export function containerKeys(
  map: JsonObject,
  known: boolean,
): { readonly lists: readonly string[]; readonly singles: readonly string[] } {
  const keys = Object.keys(map);
  return {
    lists: keys.filter((key) => listKey.test(key) && itemsOf(map[key]).some(([, item]) => isContainer(item, known))),
    singles: keys.filter((key) => singleKey.test(key) && isContainer(map[key], known)),
  };
}

function isContainer(value: JsonValue | undefined, known: boolean): boolean {
  if (!isObject(value)) return false;
  return typeof value.image === 'string' || isObject(value.securityContext) || (known && typeof value.name === 'string');
}

/** The members of a list, or of a map by name. */
export function itemsOf(value: JsonValue | undefined): readonly (readonly [string | number, JsonValue])[] {
  if (isArray(value)) return value.map((item, index) => [index, item]);
  return isObject(value) ? Object.entries(value) : [];
}
