import { valueAt } from './field-path.ts';
import { isArray, isObject, type JsonObject, stringifyJson } from './json.ts';
import { groupOf } from './resource.ts';

/** What gives a pod the node, or a container: `hostPID`, `/spec/hostPID`, `"image": …`. */
const reaching = /host(?:PID|IPC|Network|Path)\b|privileged\b|\bimage\\?["']?\s*:/;

/**
 * Whether a policy makes pods or changes them as they are created, in a way that gives them the node or an image: a rule of Kyverno that generates or
 * mutates, a MutatingAdmissionPolicy, a mutation of Gatekeeper. No manifest has such a pod, so no engine sees it.
 */
export function changesPods(object: JsonObject): boolean {
  const { apiVersion, kind, spec } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isObject(spec)) return false;
  const group = groupOf(apiVersion);
  if (group === 'mutations.gatekeeper.sh')
    return (
      kind === 'AssignImage' ||
      reaching.test(stringifyJson({ location: spec.location ?? null, parameters: spec.parameters ?? null }))
    );
  if (group === 'admissionregistration.k8s.io')
    return kind === 'MutatingAdmissionPolicy' && reaching.test(stringifyJson(spec.mutations ?? null));
  if (group === 'policies.kyverno.io') return /(?:Mutating|Generating)Policy$/.test(kind) && reaching.test(stringifyJson(spec));
  return (
    group === 'kyverno.io' &&
    rulesOf(spec).some((rule) => reaching.test(stringifyJson([rule.generate ?? null, rule.mutate ?? null])))
  );
}

function rulesOf(spec: JsonObject): readonly JsonObject[] {
  const rules = valueAt(spec, ['rules']);
  return isArray(rules) ? rules.filter(isObject) : [];
}
