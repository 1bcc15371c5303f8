import * as z from 'zod';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { YamlDocument } from '../../yaml/yaml.ts';
import { createCompiler } from './compiler.ts';
import { forEach } from './memoize.ts';
import { namedBy, type ParamKind, paramOf } from './params.ts';
import { parsePolicies } from './parsed-pack.ts';
import { type CelBinding, type CelPolicy, compilePolicy } from './policy.ts';
import { annotationsOf, broken, type PolicyDocument, readSpec } from './policy-document.ts';
import { type BindingSpec, bindingSpecSchema, type MatchResources, matchSchema, policySpecSchema } from './schema.ts';
import { createKeys } from './variables.ts';

const group = 'admissionregistration.k8s.io/';
const policyKind = 'ValidatingAdmissionPolicy';
const bindingKind = 'ValidatingAdmissionPolicyBinding';
/** They change objects and reject none: mutatingPolicies returns them for a note. */
const mutating = /^MutatingAdmissionPolicy(?:Binding)?$/;

export interface PolicyText {
  readonly path: string;
  readonly text: string;
  /** Of the text, if the build parsed it: all its expressions compile. */
  readonly documents?: readonly YamlDocument[];
}

export interface Mutation {
  readonly name: string;
  /** What it changes; undefined if that is not readable. */
  readonly constraints: MatchResources | undefined;
}

export function mutatingPolicies(files: readonly PolicyText[]): readonly Mutation[] {
  const constraints = z.object({ matchConstraints: matchSchema });
  return readAll(files)
    .filter(({ kind }) => kind === 'MutatingAdmissionPolicy')
    .map(({ name, object }) => ({ name, constraints: constraints.safeParse(object.spec).data?.matchConstraints }));
}

/** What each policy is about, without compiling it. */
export function constraintsOf(files: readonly PolicyText[]) {
  return readAll(files)
    .filter(({ kind, object }) => kind === policyKind && isAdmission(object))
    .map((document) => ({ name: document.name, constraints: readSpec(policySpecSchema, document).matchConstraints }));
}

/** The kinds of parameters of policies. */
export function paramKindsOf(files: readonly PolicyText[]): readonly ParamKind[] {
  return readAll(files).flatMap((document) => paramKindOf(document) ?? []);
}

function readAll(files: readonly PolicyText[]): readonly PolicyDocument[] {
  return files.flatMap(readFile);
}

/** Once for each text: the engine and its settings read all of them several times. */
const readFile = forEach((file: PolicyText) =>
  (file.documents ?? parsePolicies(file)).flatMap((document) => readDocuments(file.path, document)),
);

/** The same for texts that were loaded before. */
export const loadOnce = forEach((files: readonly PolicyText[]) => loadPack(files));

/** Reads and compiles the policies of files; bindings and parameters may be in any of them. Throws POLICY_INVALID. */
export function loadPack(files: readonly PolicyText[], compile = compilePolicy): readonly CelPolicy[] {
  const documents = readAll(files);
  const of = (kind: string) => documents.filter((document) => document.kind === kind && isAdmission(document.object));
  const bindings = of(bindingKind).map((document) => ({ document, spec: readSpec(bindingSpecSchema, document) }));
  const policies = of(policyKind);
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
  const unknown = documents.find(
    (document) =>
      isAdmission(document.object) && ![policyKind, bindingKind].includes(document.kind) && !mutating.test(document.kind),
  );
  if (unknown !== undefined)
    throw broken(unknown, unknown.document.line, `k8s-gate does not evaluate ${unknown.kind} ${unknown.name}`);
  const compiler = { compile: createCompiler(files.every((file) => file.documents !== undefined)), keyOf: createKeys() };
  return policies.map((policy) => {
    const own = bindings.filter(({ spec }) => spec.policyName === policy.name);
    return compile(
      policy,
      own.map(({ document, spec }) => bind(document, spec, policy, documents)),
      compiler,
    );
  });
}

function isAdmission(object: JsonObject): boolean {
  return String(object.apiVersion).startsWith(group);
}

function readDocuments(file: string, document: YamlDocument): readonly PolicyDocument[] {
  const { value } = document;
  const items = isObject(value) && value.kind === 'List' && isArray(value.items) ? value.items : [value];
  return items.map((object) => {
    const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
    if (!isObject(object) || typeof object.kind !== 'string' || typeof metadata.name !== 'string')
      throw broken({ file }, document.line, 'this is not a Kubernetes object with apiVersion, kind and metadata.name');
    return { file, document, object, kind: object.kind, name: metadata.name, annotations: annotationsOf(object) };
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
