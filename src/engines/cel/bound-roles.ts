import type { EngineFinding } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { Part } from '../part.ts';

/** The shipped policy for bindings to everybody. */
const bindings = 'rbac-broad-bindings';

/**
 * A binding names its role, and a CEL policy sees one object, so it does not know whether a role of the user's own allows everything, like
 * cluster-admin. If the role is among the manifests, the binding is as critical as one of cluster-admin. This comes last, since the result for
 * the binding is reused as long as the binding itself is the same.
 */
export function gradeBindings(part: Part, { resources }: Pick<ManifestSet, 'resources'>): Part {
  if (!part.findings.some(({ rule }) => rule === bindings)) return part;
  const objects = new Map(resources.map(({ uid, object }) => [uid, object]));
  const strong = new Set(
    resources.filter(({ kind, object }) => kind === 'ClusterRole' && allowsAll(object)).map(({ name }) => name),
  );
  const raised = (finding: EngineFinding): EngineFinding => {
    if (finding.rule !== bindings || finding.subject.kind !== 'resource') return finding;
    const roleRef = objects.get(finding.subject.resource)?.roleRef;
    const isStrong = isObject(roleRef) && roleRef.kind === 'ClusterRole' && strong.has(String(roleRef.name));
    return isStrong ? { ...finding, severity: 'critical' } : finding;
  };
  return { ...part, findings: part.findings.map(raised) };
}

/** Every verb on every resource, of all API groups or of the core one, which has the secrets and pods. */
function allowsAll({ rules }: JsonObject): boolean {
  return (
    isArray(rules) &&
    rules.some(
      (rule) =>
        isObject(rule) &&
        names(rule.verbs, '*') &&
        names(rule.resources, '*') &&
        (names(rule.apiGroups, '*') || names(rule.apiGroups, '')),
    )
  );
}

function names(list: JsonValue | undefined, wanted: string): boolean {
  return isArray(list) && list.includes(wanted);
}
