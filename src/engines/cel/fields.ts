import { type FieldPath, parsePath, valueAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { memoize } from '../../model/memoize.ts';

/** `spec.template.spec.containers[1].resources: text` or `spec.containers[name=web].image: text`, as messages of the pack begin. */
const leadingPath =
  /^((?:spec|metadata|data|stringData|rules|subjects|roleRef|webhooks)(?:\.[\w-]+|\[\d+\]|\[\w+=[^\]]*\]|\["[^"]*"\])*):\s+(?=\S)/;

/** The path that a message begins with, and the rest of it. */
export const splitMessage = memoize((message): { readonly path: string; readonly text: string } => {
  const found = leadingPath.exec(message);
  return found === null ? { path: '', text: message } : { path: found[1] ?? '', text: message.slice(found[0].length) };
});

/** Fields of a pod's spec that kinds with a pod template do not have in their own spec. */
const podField =
  /^spec\.(?:containers|initContainers|ephemeralContainers|volumes|securityContext|host(?:Network|PID|IPC|Users)|serviceAccountName|automountServiceAccountToken|nodeSelector|tolerations|affinity|priorityClassName|runtimeClassName|imagePullSecrets|topologySpreadConstraints|restartPolicy)\b/;
const podPrefixes: readonly FieldPath[] = [
  ['spec', 'jobTemplate', 'spec', 'template'],
  ['spec', 'template'],
];

/** The field of a failure: the one that its message begins with, else the one in the policy's annotation, else the object. */
export function fieldOf(message: string, annotated: string | undefined, object: JsonObject): FieldPath {
  const { path } = splitMessage(message);
  if (path !== '') return resolve(path, object);
  if (annotated === undefined) return [];
  const field = resolve(annotated, object);
  if (!podField.test(annotated) || valueAt(object, field) !== undefined) return field;
  const prefix = podPrefixes.find((candidate) => valueAt(object, [...candidate, 'spec']) !== undefined) ?? [];
  return [...prefix, ...field];
}

/** A dotted path in which one of its fields may identify a list item: `[name=web]` becomes its index. */
function resolve(text: string, object: JsonObject): FieldPath {
  let path: FieldPath = [];
  for (const part of partsOf(text)) {
    if (!('key' in part)) {
      path = [...path, ...part];
      continue;
    }
    const { key, wanted } = part;
    const list = valueAt(object, path);
    const index = isArray(list) ? list.findIndex((item) => isObject(item) && String(item[key]) === wanted) : -1;
    // There is no such item: the list itself is the nearest field that exists.
    if (index < 0) return path;
    path = [...path, index];
  }
  return path;
}

interface Selector {
  readonly key: string;
  readonly wanted: string;
}

/** The messages of a policy name few different paths. */
const partsOf = memoize((text): readonly (FieldPath | Selector)[] =>
  text.split(/(\[\w+=[^\]]*\])/).map((part) => {
    const selector = /^\[(\w+)=(.*)\]$/.exec(part);
    return selector === null ? parsePath(part) : { key: selector[1] ?? '', wanted: selector[2] ?? '' };
  }),
);
