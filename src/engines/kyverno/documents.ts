import * as z from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isClusterScoped } from '../../model/own-kinds.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';
import { itemsOf } from '../../yaml/objects.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { invalid } from '../policy-error.ts';

/** One Kubernetes object in a policy file. */
export interface PolicyDocument {
  readonly file: string;
  /** Line (from 1) of its first content. */
  readonly line: number;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly object: JsonObject;
  readonly spec: JsonObject;
  /** The annotation `policies.kyverno.io/severity`, if present. */
  readonly severity?: Severity;
  readonly title?: string;
  readonly description?: string;
}

const headerSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().min(1).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

/** Every object of the files. Throws POLICY_INVALID with file and line for anything that is not a Kubernetes object. */
export function readDocuments(files: readonly PolicyFile[]): readonly PolicyDocument[] {
  return files.flatMap((file) =>
    parseYaml({ file: file.file, text: file.text, errorCode: 'POLICY_INVALID' }).flatMap(({ value, line }) =>
      itemsOf(value).map((item) => readDocument(item, file.file, line)),
    ),
  );
}

function readDocument(value: JsonValue, file: string, line: number): PolicyDocument {
  const header = headerSchema.safeParse(value);
  if (!isObject(value) || !header.success) {
    throw invalid(
      { file, line },
      {
        message: 'the document is not a Kubernetes object with apiVersion, kind and metadata.name',
        next: 'Fix it, or move it out of the policy folders.',
      },
    );
  }
  const { apiVersion, kind, metadata } = header.data;
  const note = (key: string) => metadata.annotations?.[`policies.kyverno.io/${key}`];
  const severity = note('severity');
  const title = note('title');
  const description = note('description');
  const spec = value.spec;
  return {
    file,
    line,
    kind,
    group: groupOf(apiVersion),
    name: metadata.name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    object: value,
    spec: isObject(spec) ? spec : {},
    ...(severity !== undefined && { severity: parseSeverity(severity) }),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
}

/** `require-limits`, `shop/require-limits`: the name of a policy in findings and messages. */
export function policyLabel(document: PolicyDocument): string {
  return `${document.namespace === undefined ? '' : `${document.namespace}/`}${document.name}`;
}

/** The only namespace that a policy is about; undefined for a cluster-scoped policy. */
export function namespaceOf({ kind, namespace }: Pick<PolicyDocument, 'kind' | 'namespace'>): string | undefined {
  if (namespace !== undefined) return namespace;
  return kind === 'Policy' || kind.startsWith('Namespaced') ? 'default' : undefined;
}

/** Whether a policy may be about a resource by its namespace. A manifest without a namespace may be deployed to any. */
export function isInNamespaceOf(document: PolicyDocument, resource: Resource): boolean {
  const own = namespaceOf(document);
  if (own === undefined) return true;
  return resource.namespace === undefined ? !isClusterScoped(resource) : resource.namespace === own;
}

export function without(value: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
