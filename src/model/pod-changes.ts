import { valueAt } from './field-path.ts';
import { isArray, isObject, type JsonObject, stringifyJson } from './json.ts';
import { groupOf } from './resource.ts';

/**
 * Fields that give a pod access to the node, capabilities, another account or an image: `hostPID`, `/spec/hostPID`, `"image": …`. A policy
 * that only drops capabilities does not; `op: add` belongs to the next patch.
 */
const reaching =
  /host(?:PID|IPC|Network|Path)\b|privileged\b|\bimage\\?["']?\s*:|procMount\b|serviceAccountName\b|capabilities(?:(?!\bop\b)[^}]){0,300}\badd\b/;
/** What all containers get at such a field is run by each of them. */
const running = /\.(?:args|command|env|envFrom|volumes|volumeMounts|containers|initContainers)$/;

/**
 * Whether a policy generates pods or mutates them on creation in a way that gives them access to the node or an image: a Kyverno generate or
 * mutate rule, a MutatingAdmissionPolicy, a Gatekeeper mutation. No manifest contains such a pod, so no engine sees it.
 */
export function changesPods(object: JsonObject): boolean {
  const { apiVersion, kind, spec } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isObject(spec)) return false;
  const group = groupOf(apiVersion);
  if (group === 'mutations.gatekeeper.sh')
    return (
      kind === 'AssignImage' ||
      (typeof spec.location === 'string' && running.test(spec.location)) ||
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
