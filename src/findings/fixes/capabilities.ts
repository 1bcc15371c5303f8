import { valueAt } from '../../model/field-path.ts';
import { isArray } from '../../model/json.ts';
import { patchWithItem, patchWithout } from '../../model/json-patch.ts';
import { containerOf, type Fixer, type Patch, type Reported } from './scope.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
const baseline = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const restricted = ['NET_BIND_SERVICE'];

/** Rules that accept what the baseline standard accepts; the others only accept what the restricted standard does. */
const baselineRules: ReadonlySet<string> = new Set([
  'cel/capabilities',
  'cel/daemonset-privileges',
  'kyverno/disallow-capabilities/adding-capabilities',
]);

/** Rules about one capability. */
const single: Readonly<Record<string, string>> = {
  'trivy/KSV-0005': 'SYS_ADMIN',
  'trivy/KSV-0119': 'NET_RAW',
  'trivy/KSV-0120': 'SYS_MODULE',
  'kube-linter/privilege-escalation-container': 'SYS_ADMIN',
};

export const addedCapabilities: Fixer = {
  text: 'Remove the capability from securityContext.capabilities.add.',
  patch: withoutAdded,
};

function withoutAdded(reported: Reported): Patch | undefined {
  const { object, rule } = reported;
  const container = containerOf(reported);
  if (container === undefined) return undefined;
  const path = [...container, 'securityContext', 'capabilities', 'add'];
  const added = valueAt(object, path);
  if (!isArray(added)) return undefined;
  const allowed = baselineRules.has(rule) ? baseline : restricted;
  const one = single[rule];
  const isRefused = (name: string): boolean =>
    one === undefined ? !allowed.includes(name) : name === one || name === `CAP_${one}`;
  // From the end, so that the earlier items keep their index.
  const indexes = [...added.keys()].filter((index) => isRefused(String(added[index]))).toReversed();
  const operations = indexes.flatMap((index) => patchWithout([...path, index], object) ?? []);
  return operations.length === 0 ? undefined : operations;
}

export const keptCapabilities: Fixer = {
  text: 'Set securityContext.capabilities.drop: [ALL].',
  patch: (reported) => {
    const container = containerOf(reported);
    if (container === undefined) return undefined;
    return patchWithItem('ALL', [...container, 'securityContext', 'capabilities', 'drop'], reported.object);
  },
};
