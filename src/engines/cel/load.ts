import type * as z from 'zod';
import { objectAt } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { memoizeByObject } from '../../model/memoize.ts';
import { itemsOf } from '../../yaml/objects.ts';
import type { YamlDocument } from '../../yaml/yaml.ts';
import { createCompiler } from './compiler.ts';
import { compileMutations, type MutatingPolicy } from './mutations/policy.ts';
import { namedBy, type ParamKind, paramOf } from './params.ts';
import { parsePolicies } from './parsed-pack.ts';
import { type CelBinding, type CelPolicy, compilePolicy, type PolicyCompiler } from './policy.ts';
import { broken, metadataTexts, type PolicyDocument, readSpec } from './policy-document.ts';
import { type BindingSpec, bindingSpecSchema, mutatingBindingSchema, mutatingSpecSchema, policySpecSchema } from './schema.ts';
import { createKeys } from './variables.ts';

const group = 'admissionregistration.k8s.io/';
const policyKind = 'ValidatingAdmissionPolicy';
const bindingKind = 'ValidatingAdmissionPolicyBinding';
const mutatingKind = 'MutatingAdmissionPolicy';
const mutatingBindingKind = 'MutatingAdmissionPolicyBinding';

export interface PolicyText {
  readonly path: string;
  readonly text: string;
  /** Of the text, if the build parsed it: all its expressions compile. */
  readonly documents?: readonly YamlDocument[];
}

/** What each policy is about, without compiling it. */
export function constraintsOf(files: readonly PolicyText[], ofKind: 'validating' | 'mutating') {
  const isValidating = ofKind === 'validating';
  return readAll(files)
    .filter(({ kind, object }) => kind === (isValidating ? policyKind : mutatingKind) && isAdmission(object))
    .map((document) => {
      const spec = isValidating ? readSpec(policySpecSchema, document) : readSpec(mutatingSpecSchema, document);
      return { name: document.name, constraints: spec.matchConstraints };
    });
}

/** Whether policies change objects. */
export function hasMutations(files: readonly PolicyText[]): boolean {
  return readAll(files).some(({ kind, object }) => kind === mutatingKind && isAdmission(object));
}

/** The kinds of parameters of policies. */
export function paramKindsOf(files: readonly PolicyText[]): readonly ParamKind[] {
  return readAll(files).flatMap((document) => paramKindOf(document) ?? []);
}

function readAll(files: readonly PolicyText[]): readonly PolicyDocument[] {
  return files.flatMap(readFile);
}

/** Once for each text: the engine and its settings read all of them several times. */
const readFile = memoizeByObject((file: PolicyText) =>
  (file.documents ?? parsePolicies(file)).flatMap((document) => readDocuments(file.path, document)),
);

/** The same for texts that were loaded before. */
export const loadOnce = memoizeByObject((files: readonly PolicyText[]) => loadPack(files));

/** Reads and compiles the policies of files; bindings and parameters may be in any of them. Throws POLICY_INVALID. */
export function loadPack(files: readonly PolicyText[], compile = compilePolicy): readonly CelPolicy[] {
  const documents = readAll(files);
  const known = [policyKind, bindingKind, mutatingKind, mutatingBindingKind];
  const unknown = documents.find((document) => isAdmission(document.object) && !known.includes(document.kind));
  if (unknown !== undefined)
    throw broken(unknown, unknown.document.line, `k8s-gate does not evaluate ${unknown.kind} ${unknown.name}`);
  const compiler = compilerFor(files);
  return boundPolicies(documents, policyKind, bindingKind, bindingSpecSchema).map(({ policy, bindings }) =>
    compile(policy, bindings, compiler),
  );
}

/** The same for policies that change objects. */
export const loadMutations = memoizeByObject((files: readonly PolicyText[]): readonly MutatingPolicy[] => {
  const bound = boundPolicies(readAll(files), mutatingKind, mutatingBindingKind, mutatingBindingSchema);
  if (bound.length === 0) return [];
  const compiler = compilerFor(files);
  return bound
    .map(({ policy, bindings }) => compileMutations(policy, bindings, compiler))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
});

function compilerFor(files: readonly PolicyText[]): PolicyCompiler {
  return { compile: createCompiler(files.every((file) => file.documents !== undefined)), keyOf: createKeys() };
}

/** The policies of a kind with their bindings. */
function boundPolicies(
  documents: readonly PolicyDocument[],
  kindOfPolicy: string,
  kindOfBinding: string,
  schema: z.ZodType<BindingSpec>,
): readonly { readonly policy: PolicyDocument; readonly bindings: readonly CelBinding[] }[] {
  const of = (kind: string) => documents.filter((document) => document.kind === kind && isAdmission(document.object));
  const bindings = of(kindOfBinding).map((document) => ({ document, spec: readSpec(schema, document) }));
  const policies = of(kindOfPolicy);
  const names = new Set<string>();
  for (const policy of policies) {
    if (names.has(policy.name)) throw broken(policy, policy.document.line, `there are two policies named ${policy.name}`);
    names.add(policy.name);
  }
  const stray = bindings.find(({ spec }) => !names.has(spec.policyName));
  if (stray !== undefined)
    throw broken(
      stray.document,
      stray.document.document.line,
      `the binding ${stray.document.name} names the policy ${stray.spec.policyName}, which does not exist`,
    );
  return policies.map((policy) => ({
    policy,
    bindings: bindings
      .filter(({ spec }) => spec.policyName === policy.name)
      .map(({ document, spec }) => bind(document, spec, policy, documents)),
  }));
}

function isAdmission(object: JsonObject): boolean {
  return String(object.apiVersion).startsWith(group);
}

function readDocuments(file: string, document: YamlDocument): readonly PolicyDocument[] {
  return itemsOf(document.value).map((object) => {
    const metadata = objectAt(object, 'metadata');
    if (!isObject(object) || typeof object.kind !== 'string' || typeof metadata.name !== 'string')
      throw broken({ file }, document.line, 'this is not a Kubernetes object with apiVersion, kind and metadata.name');
    return { file, document, object, kind: object.kind, name: metadata.name, annotations: metadataTexts(object, 'annotations') };
  });
}

function bind(
  document: PolicyDocument,
  spec: BindingSpec,
  policy: PolicyDocument,
  documents: readonly PolicyDocument[],
): CelBinding {
  const { paramRef, matchResources } = spec;
  const paramKind = paramKindOf(policy);
  if (paramRef && (paramRef.name === undefined) === !paramRef.selector)
    throw broken(
      document,
      document.document.locate(['spec', 'paramRef']).line,
      'spec.paramRef: name or selector is required, not both',
    );
  const params = documents.filter(({ kind }) => kind === paramKind?.kind).map(({ object }) => paramOf(object));
  return {
    name: document.name,
    actions: spec.validationActions,
    ...(matchResources && { matchResources }),
    ...(paramRef && { paramRef }),
    params: paramRef && paramKind ? namedBy(paramRef, paramKind, params) : [],
  };
}

function paramKindOf({ object: { spec } }: PolicyDocument): ParamKind | undefined {
  const { kind, apiVersion } = isObject(spec) && isObject(spec.paramKind) ? spec.paramKind : {};
  return typeof kind === 'string' && typeof apiVersion === 'string' ? { kind, apiVersion } : undefined;
}
