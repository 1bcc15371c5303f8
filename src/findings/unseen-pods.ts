import type { FieldPath } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import { gapRule } from '../model/gap.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { hasNoTemplates } from '../model/own-kinds.ts';
import { changesPods } from '../model/pod-changes.ts';
import { groupOf, type Resource } from '../model/resource.ts';
import { isPointer } from '../model/workloads.ts';

const common = { engine: 'gate', rule: gapRule, category: 'policy', severity: 'unknown' } as const;

/** Pods that a controller creates from fields that are not a pod in any manifest. */
export function unseenPods(resource: Resource): readonly EngineFinding[] {
  if (hasNoTemplates(resource.apiVersion, resource.kind)) return [];
  return [...byPolicies(resource), ...inText(resource)];
}

function byPolicies({ uid, kind, object }: Resource): readonly EngineFinding[] {
  if (!changesPods(object)) return [];
  return [
    {
      ...common,
      check: 'mutation',
      title: `this ${kind} creates or changes pods in the cluster, and no engine evaluated the result`,
      subject: { kind: 'resource', resource: uid, path: ['spec'] },
      fix: { text: 'Review what it generates or mutates, and waive gate/not-evaluated for it.' },
    },
  ];
}

/** The first text in a custom resource that contains a manifest, as in Argo Workflows, Crossplane functions and others. */
function inText({ uid, apiVersion, kind, object }: Resource): readonly EngineFinding[] {
  const group = groupOf(apiVersion);
  if (isPointer({ apiVersion, kind })) return [];
  if (!group.includes('.') || group.endsWith('.k8s.io') || group.endsWith('kyverno.io')) return [];
  const path = Object.keys(object).flatMap((key) => (notSpec.has(key) ? [] : (firstText(object[key], [key]) ?? [])))[0];
  if (path === undefined) return [];
  return [
    {
      ...common,
      check: 'manifest',
      title: `a field of this ${kind} contains a manifest as text, which no engine evaluated`,
      subject: { kind: 'resource', resource: uid, path },
      fix: { text: 'Deploy the manifest as a separate file, or review it and waive gate/not-evaluated for this resource.' },
    },
  ];
}

const notSpec: ReadonlySet<string> = new Set(['metadata', 'status']);
const keys = ['apiVersion', 'kind'].map((key) => new RegExp(`(?:^|[\\n{,])[ \\t]*(?:- )?["']?${key}["']?[ \\t]*:`));
/** Keys of a schema, such as in a Crossplane definition: descriptions mention those keys, too. */
const notText: ReadonlySet<string> = new Set(['openAPIV3Schema', 'description']);

function firstText(value: JsonValue | undefined, path: FieldPath): readonly [FieldPath] | undefined {
  if (typeof value === 'string') return keys.every((key) => key.test(value)) ? [path] : undefined;
  const entries = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    const found = notText.has(String(key)) ? undefined : firstText(item, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
