import * as z from 'zod';
import type { JsonPatchOperation } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';
import type { YamlDocument } from '../../yaml/yaml.ts';
import { bool, string, type Type, textOf } from './check/types.ts';
import { type Compile, type Program, reasonOf, Unsupported } from './compiler.ts';
import { type Param, paramOf } from './params.ts';
import { type BindingSpec, type MatchResources, type PolicySpec, policySpecSchema } from './schema.ts';
import { variablesIn } from './source.ts';
import type { KeyOf, Variable, Variables } from './variables.ts';

/** A document of a policy file with its place. */
export interface PolicyDocument {
  readonly file: string;
  readonly document: YamlDocument;
  readonly object: JsonObject;
  readonly kind: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The gate's own annotations (`k8s-gate.io/…`) of a policy, all optional. */
export interface PolicyNotes {
  /** One for each validation, in their order. */
  readonly severities?: readonly Severity[];
  readonly title?: string;
  readonly category?: string;
  readonly description?: string;
  readonly fix?: string;
  readonly helpUrl?: string;
  readonly field?: string;
  readonly patch?: readonly JsonPatchOperation[];
  /** The value that the field named by a message should have: each finding gets a patch that sets it. */
  readonly set?: JsonValue;
  /** `k8s-gate.io/enabled: "false"`: runs only if the configuration enables it. */
  readonly optIn: boolean;
}

export interface CelBinding {
  readonly name: string;
  readonly actions: BindingSpec['validationActions'];
  readonly matchResources?: MatchResources;
  readonly paramRef?: NonNullable<BindingSpec['paramRef']>;
  /** The objects in the policies' own files that paramRef names, in any namespace. */
  readonly params: readonly Param[];
}
export interface CelValidation {
  readonly program: Program;
  readonly message?: string;
  readonly messageProgram?: Program;
  readonly reason?: string;
}

/** A compiled ValidatingAdmissionPolicy with its bindings. */
export interface CelPolicy {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly spec: PolicySpec;
  readonly notes: PolicyNotes;
  readonly bindings: readonly CelBinding[];
  readonly variables: Variables;
  readonly matchConditions: readonly { readonly name: string; readonly program: Program }[];
  readonly validations: readonly CelValidation[];
}

const patchSchema = z.array(
  z.strictObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string().startsWith('/'), value: z.json().optional() }),
);

/** Compiles the policies that are loaded together. */
export interface PolicyCompiler {
  readonly compile: Compile;
  readonly keyOf: KeyOf;
}

/** Throws POLICY_INVALID with file and line for an invalid policy, or one that does not compile. */
export function compilePolicy(source: PolicyDocument, bindings: readonly CelBinding[], compiler: PolicyCompiler): CelPolicy {
  const spec = readSpec(policySpecSchema, source);
  const at = (path: readonly (string | number)[]) => source.document.locate(['spec', ...path]).line;
  const variables = new Map<string, Variable>();
  const types = new Map<string, Type>();
  const program = (text: string, path: readonly (string | number)[], wanted?: Type): Program => {
    const unknown = variablesIn(text).find((name) => !variables.has(name));
    if (unknown !== undefined) throw broken(source, at(path), `variables.${unknown} is not defined before it is used`);
    const compiled = compileAt(text, at(path));
    if (wanted !== undefined && textOf(compiled.type) !== textOf(wanted))
      throw broken(
        source,
        at(path),
        `an expression of ${source.name} must evaluate to ${textOf(wanted)} but is of type ${textOf(compiled.type)}`,
      );
    return compiled;
  };
  const compileAt = (text: string, line: number): Program => {
    try {
      return compiler.compile(text, { params: spec.paramKind !== undefined && spec.paramKind !== null, variables: types });
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw unsupported(source, line, `${source.name}: ${reasonOf(thrown)}`);
      throw broken(source, line, `an expression of ${source.name} does not compile: ${reasonOf(thrown)}`);
    }
  };
  for (const [index, { name, expression }] of spec.variables.entries()) {
    const compiled = program(expression, ['variables', index, 'expression']);
    types.set(name, compiled.type);
    variables.set(name, { program: compiled, key: compiler.keyOf(compiled, variables) });
  }
  return {
    name: source.name,
    file: source.file,
    line: source.document.line,
    spec,
    notes: readNotes(source, spec.validations.length),
    bindings,
    variables,
    matchConditions: spec.matchConditions.map((condition, index) => ({
      name: condition.name,
      program: program(condition.expression, ['matchConditions', index, 'expression'], bool),
    })),
    validations: spec.validations.map(({ expression, message, messageExpression, reason }, index) => ({
      program: program(expression, ['validations', index, 'expression'], bool),
      ...(message !== undefined && { message }),
      ...(messageExpression !== undefined && {
        messageProgram: program(messageExpression, ['validations', index, 'messageExpression'], string),
      }),
      ...(reason !== undefined && { reason }),
    })),
  };
}

/** Values of the configuration by key of the parameter object's `data`. */
export type Values = Readonly<Record<string, string>>;

/** The policy with other parameters in its bindings. */
export function withParams(policy: CelPolicy, params: Values): CelPolicy {
  if (Object.keys(params).length === 0) return policy;
  const replaced = ({ object }: Param): Param =>
    paramOf({ ...object, data: { ...(isObject(object.data) ? object.data : {}), ...params } });
  return { ...policy, bindings: policy.bindings.map((binding) => ({ ...binding, params: binding.params.map(replaced) })) };
}

export function readSpec<T>(schema: z.ZodType<T>, source: PolicyDocument): T {
  const parsed = schema.safeParse(source.object.spec);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map((step) => (typeof step === 'symbol' ? String(step) : step));
  const { line } = source.document.locate(['spec', ...path]);
  throw broken(source, line, `spec${path.map((step) => `.${step}`).join('')}: ${issue?.message ?? 'not readable'}`);
}

function readNotes(source: PolicyDocument, validations: number): PolicyNotes {
  const note = (key: string): string | undefined => source.annotations[`k8s-gate.io/${key}`];
  const texts = {
    title: note('title'),
    category: note('category'),
    description: note('description') ?? source.annotations.description,
    fix: note('fix'),
    field: note('field'),
    helpUrl: note('help-url')?.startsWith('https://') ? note('help-url') : undefined,
  };
  const severity = note('severity');
  const patch = note('patch');
  const set = note('set');
  return {
    ...present(texts),
    ...(severity !== undefined && { severities: readSeverities(severity, validations, source) }),
    ...(patch !== undefined && { patch: readPatch(patch, source) }),
    ...(set !== undefined && { set: readSet(set, source) }),
    optIn: note('enabled') === 'false',
  };
}

function present(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** One for the whole policy, or one for each of its validations: `high, critical, high`. */
function readSeverities(text: string, validations: number, source: PolicyDocument): readonly Severity[] {
  const names = text.split(',').map((name) => name.trim());
  const severities = names.map(parseSeverity);
  const unknown = severities.indexOf('unknown');
  if (unknown >= 0)
    throw broken(
      source,
      source.document.line,
      `the severity ${JSON.stringify(names[unknown])} is not one of critical, high, medium, low`,
    );
  const [only] = severities;
  if (severities.length === 1 && only !== undefined) return Array.from({ length: validations }, () => only);
  if (severities.length === validations) return severities;
  throw broken(
    source,
    source.document.line,
    `k8s-gate.io/severity names ${severities.length} severities, and ${source.name} has ${validations} validations`,
  );
}

function readSet(text: string, source: PolicyDocument): JsonValue {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    throw broken(source, source.document.line, 'k8s-gate.io/set is not JSON');
  }
}

function readPatch(text: string, source: PolicyDocument): readonly JsonPatchOperation[] {
  try {
    return patchSchema.parse(JSON.parse(text));
  } catch {
    throw broken(source, source.document.line, 'k8s-gate.io/patch is not a JSON Patch (a list of add, remove and replace)');
  }
}

export function broken(source: Pick<PolicyDocument, 'file'>, line: number, message: string): GateError {
  return new GateError('POLICY_INVALID', {
    file: source.file,
    line,
    message,
    expected: 'a ValidatingAdmissionPolicy that the API server accepts',
    next: 'Fix the policy. k8s-gate never skips a policy that it cannot evaluate.',
  });
}

/** What a cluster would evaluate. */
function unsupported(source: Pick<PolicyDocument, 'file'>, line: number, message: string): GateError {
  return new GateError('POLICY_INVALID', {
    file: source.file,
    line,
    message: `k8s-gate does not support an expression of ${message} yet`,
    expected: 'an expression that k8s-gate can evaluate',
    next: 'Write the expression in another way, or evaluate the policy in the cluster only. k8s-gate never skips a policy that it cannot evaluate.',
  });
}

export function annotationsOf(object: JsonObject): Readonly<Record<string, string>> {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, String(value)]));
}
