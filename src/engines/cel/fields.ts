import { type FieldPath, parsePath, valueAt } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';

/** `spec.template.spec.containers[1].resources: text`, the way the pack's messages name their field. */
const leadingPath =
  /^((?:spec|metadata|data|stringData|rules|subjects|roleRef|webhooks|[a-z]\w*(?=[.[]))(?:\.[\w-]+|\[\d+\]|\["[^"]*"\])*):\s+(?=\S)/;

/** The path a message begins with, and the rest of it. */
export function splitMessage(message: string): { readonly path: FieldPath; readonly text: string } {
  const found = leadingPath.exec(message);
  if (found === null) return { path: [], text: message };
  return { path: parsePath(found[1] ?? ''), text: message.slice(found[0].length) };
}

/** Where a pod's own fields stand in what embeds it. */
const podPrefixes: readonly FieldPath[] = [['spec', 'jobTemplate', 'spec', 'template'], ['spec', 'template'], []];

/** Fields of a pod's spec that no kind embedding a pod has in its own. */
const podField =
  /^spec\.(?:containers|initContainers|ephemeralContainers|volumes|securityContext|hostNetwork|hostPID|hostIPC|hostUsers|serviceAccountName|automountServiceAccountToken|nodeSelector|tolerations|affinity|priorityClassName|imagePullSecrets|topologySpreadConstraints|restartPolicy)\b/;

/** The field of a failure: what its message begins with, else what the policy's annotation names, else the object. */
export function fieldOf(message: string, annotated: string | undefined, object: JsonObject): FieldPath {
  const { path } = splitMessage(message);
  if (path.length > 0) return path;
  if (annotated === undefined) return [];
  const field = parsePath(annotated);
  if (!podField.test(annotated) || valueAt(object, field) !== undefined) return field;
  const prefixed = podPrefixes.map((prefix) => [...prefix, ...field]);
  return prefixed.find((candidate) => valueAt(object, candidate) !== undefined) ?? embedded(prefixed, object, field);
}

/** An absent field stands where the pod that misses it is. */
function embedded(candidates: readonly FieldPath[], object: JsonObject, field: FieldPath): FieldPath {
  return candidates.find((candidate) => valueAt(object, candidate.slice(0, -field.length + 1)) !== undefined) ?? field;
}
