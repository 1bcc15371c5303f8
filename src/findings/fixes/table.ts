import type { FieldPath } from '../../model/field-path.ts';
import { patchWithout } from '../../model/json-patch.ts';
import { addedCapabilities, keptCapabilities } from './capabilities.ts';
import {
  appArmor,
  fixedNode,
  gracePeriod,
  hostPorts,
  hostProbes,
  hostWrites,
  mirrorAnnotation,
  seLinux,
  unsafeSysctls,
} from './pod.ts';
import { containerOf, containerOrPod, type Fixer, podOf, sets } from './scope.ts';

const securityContext = 'securityContext';

/** A user that is not root in any base image: the `nonroot` of distroless. https://github.com/GoogleContainerTools/distroless */
const nonRoot = 65532;

/** Fixes by cause (policies/correlation.yaml): whichever engine reports it, the field is the same. */
export const causeFixes: Readonly<Record<string, Fixer>> = {
  privileged: sets('Set securityContext.privileged to false.', containerOf, [securityContext, 'privileged'], false),
  'privilege-escalation': sets(
    'Set securityContext.allowPrivilegeEscalation to false.',
    containerOf,
    [securityContext, 'allowPrivilegeEscalation'],
    false,
  ),
  'run-as-non-root': sets('Set runAsNonRoot to true.', containerOf, [securityContext, 'runAsNonRoot'], true),
  'run-as-root': sets('Set runAsUser to a number above 0.', containerOrPod, [securityContext, 'runAsUser'], nonRoot),
  'host-network': sets('Set hostNetwork to false.', podOf, ['hostNetwork'], false),
  'host-pid': sets('Set hostPID to false.', podOf, ['hostPID'], false),
  'host-ipc': sets('Set hostIPC to false.', podOf, ['hostIPC'], false),
  'host-process': sets(
    'Set windowsOptions.hostProcess to false.',
    containerOrPod,
    [securityContext, 'windowsOptions', 'hostProcess'],
    false,
  ),
  'host-ports': hostPorts,
  'host-probes': hostProbes,
  'host-writes': hostWrites,
  'proc-mount': sets('Set procMount to Default.', containerOf, [securityContext, 'procMount'], 'Default'),
  selinux: seLinux,
  seccomp: sets(
    'Set seccompProfile.type to RuntimeDefault.',
    containerOrPod,
    [securityContext, 'seccompProfile', 'type'],
    'RuntimeDefault',
  ),
  apparmor: appArmor,
  sysctls: unsafeSysctls,
  'capabilities-added': addedCapabilities,
  'capabilities-kept': keptCapabilities,
  'read-only-root': sets(
    'Set readOnlyRootFilesystem to true, and mount an emptyDir where the container writes.',
    containerOf,
    [securityContext, 'readOnlyRootFilesystem'],
    true,
  ),
  'automount-token': sets('Set automountServiceAccountToken to false.', podOf, ['automountServiceAccountToken'], false),
  'external-ips': { text: 'Remove externalIPs.', patch: ({ object }) => patchWithout(['spec', 'externalIPs'], object) },
};

/** Fixes of rules that only one engine has. */
export const ruleFixes: Readonly<Record<string, Fixer>> = {
  'cel/mirror-annotations': mirrorAnnotation,
  'cel/static-pods': fixedNode,
  'cel/termination-grace': gracePeriod,
  'trivy/KSV-0022': without('Remove securityContext.capabilities.add.', [securityContext, 'capabilities', 'add']),
  'trivy/KSV-0027': without('Remove securityContext.procMount.', [securityContext, 'procMount']),
  'trivy/KSV-0020': sets('Set runAsUser above 10000.', containerOf, [securityContext, 'runAsUser'], nonRoot),
  'trivy/KSV-0021': sets('Set runAsGroup above 10000.', containerOf, [securityContext, 'runAsGroup'], nonRoot),
  'kube-linter/pdb-unhealthy-pod-eviction-policy': sets(
    'Set unhealthyPodEvictionPolicy to AlwaysAllow.',
    () => ['spec'],
    ['unhealthyPodEvictionPolicy'],
    'AlwaysAllow',
  ),
};

/** Rules that accept no value at all. */
function without(text: string, field: FieldPath): Fixer {
  return {
    text,
    patch: (reported) => {
      const container = containerOf(reported);
      return container === undefined ? undefined : patchWithout([...container, ...field], reported.object);
    },
  };
}
