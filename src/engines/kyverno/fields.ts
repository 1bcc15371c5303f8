import { type FieldPath, objectsAt, parsePath, valueAt } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';

/** The field in Kyverno's message: `… failed at path /spec/containers/0/image/`, or the first field of a Pod Security check. */
export function pathInMessage(message: string): FieldPath {
  const pattern = /\bat path (\/\S*)/.exec(message)?.[1];
  if (pattern !== undefined) return parsePath(pattern.replace(/[.,;:]+$/, ''));
  const podSecurity = /field error list: \[([A-Za-z][\w.[\]]*)/.exec(message)?.[1];
  return podSecurity === undefined ? [] : parsePath(podSecurity);
}

/** Paths of pods in workloads, to which generated rules apply policies for pods. */
const podPrefixes: readonly FieldPath[] = [[], ['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template']];

/** The first field of the object that a CEL expression reads, via its variables, since CEL results contain no field. Best effort: [] if none. */
export function pathInExpression(spec: JsonObject, expression: string, object: JsonObject): FieldPath {
  const path = firstField(withVariables(spec, expression, 3));
  if (path.length === 0) return [];
  if (path[0] !== 'spec') return path;
  const exact = podPrefixes.map((prefix) => [...prefix, ...path]).find((candidate) => valueAt(object, candidate) !== undefined);
  const embeds = podPrefixes.findLast((prefix) => valueAt(object, prefix) !== undefined) ?? [];
  return exact ?? [...embeds, ...path];
}

function withVariables(spec: JsonObject, expression: string, rounds: number): string {
  const used = objectsAt(spec, 'variables').filter((entry) => expression.includes(`variables.${String(entry.name)}`));
  const more = used.map((entry) => String(entry.expression)).join(' ');
  return rounds === 0 || more === '' || expression.endsWith(more)
    ? expression
    : withVariables(spec, `${expression} ${more}`, rounds - 1);
}

function firstField(text: string): FieldPath {
  const match = /\bobject((?:\.\??[A-Za-z_]\w*(?!\w*\()|\[\??(?:'[^']*'|"[^"]*"|\d+)\])+)/.exec(text);
  const chain = match?.[1];
  return chain === undefined ? [] : parsePath(chain.replaceAll('?', '').replace(/^\./, ''));
}
