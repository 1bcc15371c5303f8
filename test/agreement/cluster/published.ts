import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { apiResource } from '../../../src/engines/cel/kinds.ts';
import { valueAt } from '../../../src/model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../src/model/json.ts';
import { groupOf } from '../../../src/model/resource.ts';
import type { Question, Served } from './oracle.ts';

/** What a published suite asks, with the answer that it expects, if it has one. */
export interface Published extends Question {
  readonly name: string;
  readonly expected?: 'pass' | 'fail';
}

export const admission = 'admissionregistration.k8s.io/v1';
const json: z.ZodType<JsonValue> = z.json();

/** The objects of a file, without those that are not YAML maps. */
export function objectsIn(file: string): readonly JsonObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' })
    .map((document) => json.safeParse(document.errors.length > 0 ? null : document.toJS()).data)
    .flatMap((value) =>
      isObject(value) ? (value.kind === 'List' && isArray(value.items) ? value.items.filter(isObject) : [value]) : [],
    );
}

export function filesBelow(folder: string, isWanted: (file: string) => boolean): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isWanted)
    .toSorted()
    .map((file) => path.join(folder, file));
}

/** The kind of an object in a cluster's discovery; a custom one is namespaced if its manifest has a namespace. */
function servedAs(object: JsonObject): Served {
  const { group, version, kind, plurals, namespaced } = apiResource(String(object.apiVersion), String(object.kind));
  const isNamespaced = namespaced ?? valueAt(object, ['metadata', 'namespace']) !== undefined;
  return { group, version, kind, plural: plurals[0] ?? '', namespaced: isNamespaced };
}

interface Asked {
  readonly name: string;
  readonly policy: JsonObject;
  readonly object: JsonObject;
  readonly binding?: JsonObject;
  readonly params?: readonly JsonObject[];
  readonly served?: readonly Served[];
  readonly expected?: 'pass' | 'fail';
}

export function question({ name, policy, object, binding, params = [], served = [], expected }: Asked): Published {
  const resource = servedAs(object);
  const namespace = valueAt(object, ['metadata', 'namespace']) ?? 'default';
  const metadata = { name: 'b' };
  const spec = { policyName: valueAt(policy, ['metadata', 'name']) ?? '', validationActions: ['Deny'] };
  const written = resource.namespaced
    ? { ...object, metadata: { ...(isObject(object.metadata) ? object.metadata : {}), namespace } }
    : object;
  return {
    name,
    policy,
    bindings: [binding ?? { apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec }],
    params,
    namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
    served,
    object: written,
    resource,
    namespace: resource.namespaced ? String(namespace) : '',
    typed: true,
    ...(expected !== undefined && { expected }),
  };
}

export function policyOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: admission, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec };
}

/** Objects that a policy is asked about: none of the suite's own files. */
export function isSubject({ apiVersion, kind }: JsonObject): boolean {
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    !/kyverno\.io$|gatekeeper\.sh$|^test\./.test(groupOf(apiVersion))
  );
}
