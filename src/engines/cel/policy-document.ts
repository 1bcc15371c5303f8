import type * as z from 'zod';
import { objectAt } from '../../model/field-path.ts';
import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { schemaProblems } from '../../model/schema-problem.ts';
import type { YamlDocument } from '../../yaml/yaml.ts';

/** A document of a policy file with its place. */
export interface PolicyDocument {
  readonly file: string;
  readonly document: YamlDocument;
  readonly object: JsonObject;
  readonly kind: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readSpec<T>(schema: z.ZodType<T>, source: PolicyDocument): T {
  const parsed = schema.safeParse(source.object.spec);
  if (parsed.success) return parsed.data;
  const [{ path, message, expected }] = schemaProblems(parsed.error, { schema, prefix: ['spec'], value: source.object.spec });
  throw broken(source, source.document.locate(path).line, message, expected);
}

export function broken(
  source: Pick<PolicyDocument, 'file'> & Partial<Pick<PolicyDocument, 'kind'>>,
  line: number,
  message: string,
  expected = `a ${source.kind?.startsWith('Mutating') ? 'MutatingAdmissionPolicy' : 'ValidatingAdmissionPolicy'} that the API server accepts`,
): GateError {
  return new GateError('POLICY_INVALID', {
    file: source.file,
    line,
    message,
    expected,
    next: 'Fix the policy. k8s-gate never skips a policy that it cannot evaluate.',
  });
}

/** What a cluster would evaluate. */
export function unsupported(source: Pick<PolicyDocument, 'file'>, line: number, message: string): GateError {
  return new GateError('POLICY_INVALID', {
    file: source.file,
    line,
    message: `k8s-gate does not support an expression of ${message} yet`,
    expected: 'an expression that k8s-gate can evaluate',
    next: 'Write the expression in another way, or evaluate the policy in the cluster only. k8s-gate never skips a policy that it cannot evaluate.',
  });
}

/** The labels or annotations of an object. */
export function metadataTexts(object: JsonObject, field: 'labels' | 'annotations'): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectAt(object, 'metadata', field)).map(([key, value]) => [key, String(value)]));
}
