import type { EngineFinding } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isOwnGroup } from '../../model/own-kinds.ts';
import { groupOf, type Resource } from '../../model/resource.ts';

/**
 * The API server validates an object after mutating webhooks, which add what the schema requires: Tekton's names each step. Where a webhook of the
 * set may mutate a custom resource, a field that it lacks is reported with severity unknown.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#admission-control-phases
 */
export function mayBeAdded(findings: readonly EngineFinding[], resources: readonly Resource[]): readonly EngineFinding[] {
  const webhooks = resources.flatMap(webhooksOf);
  if (webhooks.length === 0 || !findings.some(({ rule }) => rule === 'missing-field')) return findings;
  const byUid = new Map(resources.map((resource) => [resource.uid, resource]));
  return findings.map((finding) => {
    if (finding.rule !== 'missing-field' || finding.subject.kind !== 'resource') return finding;
    const resource = byUid.get(finding.subject.resource);
    if (resource === undefined || isOwnGroup(resource.apiVersion)) return finding;
    const webhook = webhooks.find((one) => mutates(one, resource));
    if (webhook === undefined) return finding;
    return {
      ...finding,
      severity: 'unknown' as const,
      title: `${finding.title}, unless the webhook ${String(webhook.name)} adds it`,
    };
  });
}

function webhooksOf({ apiVersion, kind, object }: Resource): readonly JsonObject[] {
  if (kind !== 'MutatingWebhookConfiguration' || groupOf(apiVersion) !== 'admissionregistration.k8s.io') return [];
  return isArray(object.webhooks) ? object.webhooks.filter(isObject) : [];
}

function mutates({ name, rules }: JsonObject, { apiVersion, kind }: Resource): boolean {
  const group = groupOf(apiVersion);
  // Controllers built on Knative write the rules when they start.
  if (!isArray(rules) || rules.length === 0) return typeof name === 'string' && `.${name}`.endsWith(`.${group}`);
  return rules
    .filter(isObject)
    .some(
      ({ apiGroups, operations, resources }) =>
        holds(apiGroups, [group]) && holds(operations, ['CREATE']) && holds(resources, ['*/*', ...pluralsOf(kind)]),
    );
}

/** Names in URLs as English forms them: a CustomResourceDefinition need not be here. */
function pluralsOf(kind: string): readonly string[] {
  const lower = kind.toLowerCase();
  return [lower, `${lower}s`, `${lower}es`, lower.replace(/y$/, 'ies')];
}

function holds(list: JsonValue | undefined, values: readonly string[]): boolean {
  return isArray(list) && ['*', ...values].some((value) => list.includes(value));
}
