import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { groupOf, type Resource } from './resource.ts';

/** What an object makes a controller do, as the rest of `this Plan, which …`; undefined if this one does not. */
type Effect = string | ((object: JsonObject) => string | undefined);

const nodes = 'configures nodes';
const machine = 'runs a virtual machine';
const builds = 'builds an image in the cluster';
const proxies = 'runs code in proxies';
const permissions = 'grants permissions';
const deletes = 'deletes objects in the cluster';
const exempts = 'exempts objects from policies of the cluster';
const userData: Effect = ({ spec }) => (isObject(spec) && typeof spec.userData === 'string' ? nodes : undefined);
const kyverno = { '*': deletesObjects, ClusterPolicy: grantsByRule, Policy: grantsByRule, PolicyException: exempts };

/**
 * Group -> kind -> effect; `*` is every other kind of the group. None of their fields is a container, so nothing else shows that they reach
 * nodes, pods or permissions.
 */
const table: Readonly<Record<string, Readonly<Record<string, Effect>>>> = {
  '': { ConfigMap: mapsUsersOfAws, Namespace: acceptsMore },
  'admissionregistration.k8s.io': { MutatingWebhookConfiguration: changesWorkloads },
  'machineconfiguration.openshift.io': {
    MachineConfig: nodes,
    MachineOSConfig: nodes,
    KubeletConfig: nodes,
    ContainerRuntimeConfig: nodes,
  },
  'tuned.openshift.io': { Tuned: nodes },
  'performance.openshift.io': { PerformanceProfile: nodes },
  'bootstrap.cluster.x-k8s.io': { '*': nodes },
  'controlplane.cluster.x-k8s.io': { '*': nodes },
  'karpenter.k8s.aws': { '*': userData },
  'karpenter.k8s.gcp': { '*': userData },
  'upgrade.cattle.io': { Plan: 'runs commands on nodes' },
  'kubevirt.io': {
    VirtualMachine: machine,
    VirtualMachineInstance: machine,
    VirtualMachineInstanceReplicaSet: machine,
    VirtualMachineInstancePreset: machine,
  },
  'pool.kubevirt.io': { VirtualMachinePool: machine },
  'build.openshift.io': { BuildConfig: builds, Build: builds },
  'shipwright.io': { Build: builds, BuildRun: builds },
  'kpack.io': { '*': builds },
  'apps.gitlab.com': { Runner: 'runs jobs in pods' },
  'extensions.istio.io': { WasmPlugin: proxies },
  'networking.istio.io': { EnvoyFilter: proxies },
  'gateway.envoyproxy.io': { EnvoyPatchPolicy: proxies, EnvoyExtensionPolicy: proxies },
  'config.openshift.io': { ImageTagMirrorSet: 'takes images from other registries', OAuth: 'decides who may sign in' },
  'oauth.openshift.io': { OAuthClient: 'decides who may sign in' },
  'user.openshift.io': { Group: permissions },
  'authorization.openshift.io': {
    ClusterRole: permissions,
    ClusterRoleBinding: permissions,
    Role: permissions,
    RoleBinding: permissions,
  },
  'image.openshift.io': { ImageStream: importsImages, ImageStreamTag: importsImages, ImageStreamImport: importsImages },
  'security.openshift.io': { SecurityContextConstraints: 'decides what pods may do' },
  'source.toolkit.fluxcd.io': { GitRepository: includesOthers },
  'velero.io': { Restore: 'restores objects of a backup' },
  'kyverno.io': kyverno,
  'policies.kyverno.io': kyverno,
  'config.gatekeeper.sh': { Config: exemptsNamespaces },
  'policies.kubewarden.io': {
    '*': ({ spec }) => (isObject(spec) && spec.mutating === true ? 'changes objects in the cluster' : undefined),
  },
};

/** What an object does that none of its fields shows, if an engine did not evaluate it: `configures nodes`. */
export function unseenEffect({ apiVersion, kind, object }: Pick<Resource, 'apiVersion' | 'kind' | 'object'>): string | undefined {
  const group = groupOf(apiVersion);
  const kinds = Object.hasOwn(table, group) ? table[group] : undefined;
  const effect = kinds === undefined ? undefined : Object.hasOwn(kinds, kind) ? kinds[kind] : kinds['*'];
  return typeof effect === 'function' ? effect(object) : effect;
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

function names(value: JsonValue | undefined, wanted: readonly string[]): boolean {
  return isArray(value) && value.some((name) => typeof name === 'string' && wanted.includes(name));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules */
function changesWorkloads({ webhooks }: JsonObject): string | undefined {
  const isMatching = objectsOf(webhooks).some(({ rules }) =>
    objectsOf(rules).some(
      ({ apiGroups, resources, operations }) =>
        names(apiGroups, ['*', '', 'apps', 'batch']) &&
        names(resources, [
          '*',
          '*/*',
          'pods',
          'pods/*',
          'deployments',
          'daemonsets',
          'statefulsets',
          'replicasets',
          'jobs',
          'cronjobs',
        ]) &&
        names(operations, ['*', 'CREATE', 'UPDATE']),
    ),
  );
  return isMatching ? 'changes pods or workloads in the cluster' : undefined;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html */
function mapsUsersOfAws({ metadata }: JsonObject): string | undefined {
  return isObject(metadata) && metadata.name === 'aws-auth' && metadata.namespace === 'kube-system' ? permissions : undefined;
}

const grants = /^(?:Cluster)?Role(?:Binding)?$/;

/** A rule of Kyverno that generates roles or bindings. */
export function grantsByRule({ spec }: JsonObject): string | undefined {
  const rules = objectsOf(isObject(spec) ? spec.rules : undefined);
  const isGranting = rules.some(
    ({ generate }) => isObject(generate) && typeof generate.kind === 'string' && grants.test(generate.kind),
  );
  return isGranting ? permissions : undefined;
}

/** By kind: those of both groups end the same. */
function deletesObjects({ kind }: JsonObject): string | undefined {
  if (typeof kind !== 'string') return undefined;
  if (/(?:Cleanup|Deleting)Policy$/.test(kind)) return deletes;
  return /GeneratingPolicy$/.test(kind) ? 'creates objects in the cluster' : undefined;
}

/** https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces */
function exemptsNamespaces({ spec }: JsonObject): string | undefined {
  const isExempting = objectsOf(isObject(spec) ? spec.match : undefined).some(({ excludedNamespaces }) =>
    isArray(excludedNamespaces),
  );
  return isExempting ? 'exempts namespaces from policies of the cluster' : undefined;
}

/** https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/images/managing-image-streams */
function importsImages({ tag, spec }: JsonObject): string | undefined {
  const { tags, images } = isObject(spec) ? spec : {};
  const from = [tag, ...objectsOf(tags), ...objectsOf(images)].flatMap((one) =>
    isObject(one) && isObject(one.from) ? [one.from] : [],
  );
  return from.some(({ kind }) => kind === 'DockerImage') ? 'imports images' : undefined;
}

/** https://fluxcd.io/flux/components/source/gitrepositories/#include */
function includesOthers({ spec }: JsonObject): string | undefined {
  return isObject(spec) && isArray(spec.include) && spec.include.length > 0
    ? 'adds files of other sources to its own'
    : undefined;
}

/**
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/ and
 * https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces
 */
function acceptsMore({ metadata }: JsonObject): string | undefined {
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  if (labels['pod-security.kubernetes.io/enforce'] === 'privileged') return 'accepts privileged pods';
  return Object.hasOwn(labels, 'admission.gatekeeper.sh/ignore') ? 'is exempt from policies of the cluster' : undefined;
}
