import type { FieldPath } from '../../model/field-path.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { containersIn, podWithContainers } from '../../model/pod-paths.ts';

/** Words of messages, most specific first, and the field they are about. Those of gatekeeper-library, and common ones. */
const ofContainer: readonly (readonly [RegExp, FieldPath])[] = [
  [/privilege ?escalation/i, ['securityContext', 'allowPrivilegeEscalation']],
  [/privileged/i, ['securityContext', 'privileged']],
  [/read-?only root ?file ?system/i, ['securityContext', 'readOnlyRootFilesystem']],
  [/capabilit/i, ['securityContext', 'capabilities']],
  [/procmount/i, ['securityContext', 'procMount']],
  [/seccomp/i, ['securityContext', 'seccompProfile']],
  [/selinux/i, ['securityContext', 'seLinuxOptions']],
  [/run ?as ?(?:non ?)?root|runAsUser/i, ['securityContext']],
  [/\bimage\b|\btag\b|digest/i, ['image']],
  [/\b(?:limit|request)s?\b|\bresources?\b/i, ['resources']],
  [/livenessProbe/i, ['livenessProbe']],
  [/readinessProbe/i, ['readinessProbe']],
  [/hostPort/i, ['ports']],
  [/environment variable|\benv\b/i, ['env']],
];
const ofPod: readonly (readonly [RegExp, FieldPath])[] = [
  [/hostNetwork/, ['hostNetwork']],
  [/hostPath|volume/i, ['volumes']],
  [/hostPID/, ['hostPID']],
  [/hostIPC/, ['hostIPC']],
  [/automount/i, ['automountServiceAccountToken']],
  [/service ?account/i, ['serviceAccountName']],
  [/sysctl|fsGroup/, ['securityContext']],
];
const ofObject: readonly (readonly [RegExp, FieldPath])[] = [
  [/\bannotations?\b/i, ['metadata', 'annotations']],
  [/\blabels?\b/i, ['metadata', 'labels']],
  [/\bselector\b/i, ['spec', 'selector']],
  [/minReplicas/, ['spec', 'minReplicas']],
  [/\breplicas\b/i, ['spec', 'replicas']],
  [/external ?IPs?/i, ['spec', 'externalIPs']],
  [/storage ?class/i, ['spec', 'storageClassName']],
  [/\btls\b|https/i, ['spec', 'tls']],
  [/\bhosts?(?:name)?\b|wildcard/i, ['spec', 'rules']],
  [/\bnamespace\b/i, ['metadata', 'namespace']],
];

/**
 * Gatekeeper reports a message and no field. Its words usually contain the name of a container and what is wrong with it; [] if they do not, and
 * a field that does not exist is located at its parent.
 */
export function fieldIn(message: string, object: JsonObject): FieldPath {
  const podSpec = podWithContainers(object);
  if (podSpec === undefined) return first(ofObject, message) ?? [];
  const container = containerIn(message, object, podSpec);
  if (container !== undefined) return [...container, ...(first(ofContainer, message) ?? [])];
  const ofSpec = first(ofPod, message);
  return ofSpec === undefined ? (first(ofObject, message) ?? []) : [...podSpec, ...ofSpec];
}

function first(table: readonly (readonly [RegExp, FieldPath])[], message: string): FieldPath | undefined {
  return table.find(([pattern]) => pattern.test(message))?.[1];
}

/** The container with its name or image in the message. An only container is meant by any message about containers. */
function containerIn(message: string, object: JsonObject, podSpec: FieldPath): FieldPath | undefined {
  const all = containersIn(object, podSpec);
  const named = all.filter(({ item }) => mentions(message, isObject(item) ? item.name : undefined));
  const imaged = all.filter(({ item }) => mentions(message, isObject(item) ? item.image : undefined));
  const byBoth = named.find((one) => imaged.includes(one)) ?? named[0] ?? imaged[0];
  const only = all.length === 1 && /container|image/i.test(message) ? all[0] : undefined;
  return (byBoth ?? only)?.path;
}

/** As a word of its own: `web` is not in `web-frontend`. */
function mentions(message: string, name: JsonValue | undefined): boolean {
  if (typeof name !== 'string' || name === '') return false;
  for (let at = message.indexOf(name); at !== -1; at = message.indexOf(name, at + 1)) {
    const around = `${message[at - 1] ?? ' '}${message[at + name.length] ?? ' '}`;
    if (!/[\w./-]/.test(around.replace(/\.$/, ''))) return true;
  }
  return false;
}
