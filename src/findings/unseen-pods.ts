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
  return [...byPolicies(resource), ...inText(resource), ...byParameters(resource)];
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

/**
 * A Template of OpenShift whose parameters decide what it creates: a field's name, or an object in place of a value. Parameters that are
 * numbers, booleans or text leave the pods visible. https://docs.okd.io/latest/openshift_images/using-templates.html
 */
function byParameters({ uid, apiVersion, kind, object }: Resource): readonly EngineFinding[] {
  if (kind !== 'Template' || !['', 'template.openshift.io'].includes(groupOf(apiVersion))) return [];
  const scalars = new Set(
    (isArray(object.parameters) ? object.parameters : []).flatMap((one) =>
      isObject(one) && typeof one.name === 'string' && isScalar(one.value) ? [one.name] : [],
    ),
  );
  const path = firstParameter(object.objects, ['objects'], scalars)?.[0];
  if (path === undefined) return [];
  return [
    {
      ...common,
      check: 'parameters',
      title: 'a parameter of this Template decides which fields its objects have, and no engine evaluated the result',
      subject: { kind: 'resource', resource: uid, path },
      fix: {
        text: 'Write the fields into the Template itself, or process it in a step before the gate and add the output to `paths`.',
      },
    },
  ];
}

/** Without a value, whoever processes the Template gives one. A text that is JSON becomes that. */
function isScalar(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && !/^\s*[[{]/.test(String(value));
}

function firstParameter(
  value: JsonValue | undefined,
  path: FieldPath,
  scalars: ReadonlySet<string>,
): readonly [FieldPath] | undefined {
  if (typeof value === 'string') {
    const name = /^\$\{\{(\w+)\}\}$/.exec(value.trim())?.[1];
    return name !== undefined && !scalars.has(name) ? [path] : undefined;
  }
  const entries = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    if (String(key).includes('${')) return [[...path, key]];
    const found = firstParameter(item, [...path, key], scalars);
    if (found !== undefined) return found;
  }
  return undefined;
}

const notSpec: ReadonlySet<string> = new Set(['metadata', 'status']);
/** A whole object, or a pod without the object around it. */
const keys = [
  ['apiVersion', 'kind'],
  ['containers', 'image'],
].map((wanted) => wanted.map((key) => new RegExp(`(?:^|[\\n{,])[ \\t]*(?:- )?["']?${key}["']?[ \\t]*:`)));

function isManifest(text: string): boolean {
  return keys.some((wanted) => wanted.every((key) => key.test(text)));
}
/** Keys of a schema, such as in a Crossplane definition: descriptions mention those keys, too. */
const notText: ReadonlySet<string> = new Set(['openAPIV3Schema', 'description']);

function firstText(value: JsonValue | undefined, path: FieldPath): readonly [FieldPath] | undefined {
  if (typeof value === 'string') return isManifest(value) ? [path] : undefined;
  const entries = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    const found = notText.has(String(key)) ? undefined : firstText(item, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
