import { objectsAt, valueAt } from '../../model/field-path.ts';
import { patchTo, patchWithout } from '../../model/json-patch.ts';
import { containerOf, containerOrPod, type Fixer, type Patch, podMetadataOf, podOf } from './scope.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
const safeSysctls: ReadonlySet<unknown> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);

export const unsafeSysctls: Fixer = {
  text: 'Remove it from securityContext.sysctls.',
  patch: (reported) => {
    const pod = podOf(reported);
    if (pod === undefined) return undefined;
    const path = [...pod, 'securityContext', 'sysctls'];
    const unsafe = objectsAt(reported.object, ...path).map(({ name }) => !safeSysctls.has(name));
    return all([...unsafe.keys()].filter((index) => unsafe[index]).toReversed(), (index) =>
      patchWithout([...path, index], reported.object),
    );
  },
};

export const hostPorts: Fixer = {
  text: 'Remove hostPort; use a Service.',
  patch: (reported) => {
    const container = containerOf(reported);
    if (container === undefined) return undefined;
    const ports = objectsAt(reported.object, ...container, 'ports');
    const taken = [...ports.keys()].filter((index) => (ports[index]?.hostPort ?? 0) !== 0);
    return all(taken, (index) => patchWithout([...container, 'ports', index, 'hostPort'], reported.object));
  },
};

/** The path is that of a probe or lifecycle handler, which has one action. */
export const hostProbes: Fixer = {
  text: 'Remove host: the kubelet asks the pod itself.',
  patch: ({ object, path }) =>
    all(['httpGet', 'tcpSocket'], (action) =>
      valueAt(object, [...path, action]) === undefined ? [] : (patchWithout([...path, action, 'host'], object) ?? []),
    ),
};

const seLinuxTypes: ReadonlySet<unknown> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

export const seLinux: Fixer = {
  text: 'Remove user, role and type of seLinuxOptions.',
  patch: (reported) => {
    const base = containerOrPod(reported);
    if (base === undefined) return undefined;
    const options = [...base, 'securityContext', 'seLinuxOptions'];
    const refused = (['user', 'role', 'type'] as const).filter((field) => {
      const value = valueAt(reported.object, [...options, field]);
      return value !== undefined && value !== '' && !(field === 'type' && seLinuxTypes.has(value));
    });
    return all(refused, (field) => patchWithout([...options, field], reported.object));
  },
};

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

export const appArmor: Fixer = {
  text: 'Set the AppArmor profile to that of the runtime.',
  patch: (reported) => {
    const { object } = reported;
    const metadata = podMetadataOf(reported);
    const base = containerOrPod(reported);
    const field = base === undefined ? [] : [...base, 'securityContext', 'appArmorProfile', 'type'];
    if (base !== undefined && valueAt(object, field) !== undefined) return patchTo('RuntimeDefault', field, object);
    if (metadata === undefined) return undefined;
    const annotations = valueAt(object, [...metadata, 'annotations']);
    const off = Object.entries(typeof annotations === 'object' && annotations !== null ? annotations : {})
      .filter(([key, value]) => key.startsWith(appArmorPrefix) && !/^(runtime\/default|localhost\/.*)?$/.test(String(value)))
      .map(([key]) => key);
    return all(off, (key) => patchTo('runtime/default', [...metadata, 'annotations', key], object));
  },
};

export const hostWrites: Fixer = {
  text: 'Mount it with readOnly: true.',
  patch: (reported) => {
    const { object } = reported;
    const container = containerOf(reported);
    const pod = podOf(reported);
    if (container === undefined || pod === undefined) return undefined;
    const hostVolumes = new Set(
      objectsAt(object, ...pod, 'volumes').flatMap(({ name, hostPath }) => (hostPath === undefined ? [] : [name])),
    );
    const mounts = objectsAt(object, ...container, 'volumeMounts');
    const writable = [...mounts.keys()].filter(
      (index) => hostVolumes.has(mounts[index]?.name) && mounts[index]?.readOnly !== true,
    );
    return all(writable, (index) => patchTo(true, [...container, 'volumeMounts', index, 'readOnly'], object));
  },
};

/** The annotation that the message names: the kubelet's own, so a manifest has no use for it. */
export const mirrorAnnotation: Fixer = {
  text: 'Remove the annotation.',
  patch: (reported) => {
    const metadata = podMetadataOf(reported);
    const name = /kubernetes\.io\/config\.\w+/.exec(reported.title)?.[0];
    return metadata === undefined || name === undefined
      ? undefined
      : patchWithout([...metadata, 'annotations', name], reported.object);
  },
};

/** The scheduler then places the pod on the same node: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename */
export const fixedNode: Fixer = {
  text: 'Select the node by its label kubernetes.io/hostname.',
  patch: (reported) => {
    const { object } = reported;
    const pod = podOf(reported);
    const node = pod === undefined ? undefined : valueAt(object, [...pod, 'nodeName']);
    if (pod === undefined || typeof node !== 'string') return undefined;
    const selected = patchTo(node, [...pod, 'nodeSelector', 'kubernetes.io/hostname'], object);
    const freed = patchWithout([...pod, 'nodeName'], object);
    return selected?.[0]?.op === 'add' && freed !== undefined ? [...selected, ...freed] : undefined;
  },
};

export const gracePeriod: Fixer = {
  text: 'Set terminationGracePeriodSeconds between 1 and 600.',
  patch: (reported) => {
    const { object, path } = reported;
    const pod = podOf(reported);
    if (pod === undefined || path.at(-1) !== 'terminationGracePeriodSeconds') return undefined;
    const seconds = valueAt(object, path);
    // 30 is what Kubernetes itself would use.
    return patchTo(Number(seconds) > 600 ? 600 : 30, path, object);
  },
};

/** The operations for each of several places; undefined if one of them has none. */
function all<T>(places: readonly T[], patch: (place: T) => Patch | undefined): Patch | undefined {
  const patches = places.map(patch);
  const operations = patches.flatMap((one) => one ?? []);
  return operations.length === 0 || patches.includes(undefined) ? undefined : operations;
}
