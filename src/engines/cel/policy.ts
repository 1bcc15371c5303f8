import type { FieldPath } from '../../model/field-path.ts';
import { isObject } from '../../model/json.ts';
import { once } from '../../model/once.ts';
import type { Declared } from './check/names.ts';
import { Unsupported } from './check/refused.ts';
import { bool, string, type Type, textOf } from './check/types.ts';
import { type Compile, type Program, reasonOf } from './compiler.ts';
import { type Param, paramOf } from './params.ts';
import { broken, type PolicyDocument, readSpec, unsupported } from './policy-document.ts';
import { type PolicyNotes, readNotes } from './policy-notes.ts';
import { type BindingSpec, type MatchResources, type PolicySpec, policySpecSchema } from './schema.ts';
import { variablesIn } from './source.ts';
import type { KeyOf, Variable, Variables } from './variables.ts';

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

/** Compiles the policies that are loaded together. */
export interface PolicyCompiler {
  readonly compile: Compile;
  readonly keyOf: KeyOf;
}

/** What is compiled of a policy. */
type Programs = Pick<CelPolicy, 'variables' | 'matchConditions' | 'validations'>;

/** Throws POLICY_INVALID with file and line for an invalid policy, or one that does not compile. */
export function compilePolicy(source: PolicyDocument, bindings: readonly CelBinding[], compiler: PolicyCompiler): CelPolicy {
  const spec = readSpec(policySpecSchema, source);
  return { ...described(source, spec, bindings), ...compilePrograms(source, spec, compiler) };
}

/**
 * The same, compiled when it is first evaluated: most objects of a small repository are of kinds that few of the shipped policies are about, and
 * compiling all of them took longer than evaluating. Only for policies that are known to compile.
 */
export function compileLazily(source: PolicyDocument, bindings: readonly CelBinding[], compiler: PolicyCompiler): CelPolicy {
  const spec = readSpec(policySpecSchema, source);
  const programs = once(() => compilePrograms(source, spec, compiler));
  return {
    ...described(source, spec, bindings),
    get variables() {
      return programs().variables;
    },
    get matchConditions() {
      return programs().matchConditions;
    },
    get validations() {
      return programs().validations;
    },
  };
}

function described(source: PolicyDocument, spec: PolicySpec, bindings: readonly CelBinding[]): Omit<CelPolicy, keyof Programs> {
  const { name, file, document } = source;
  if (spec.validations.length === 0 && (spec.auditAnnotations ?? []).length === 0)
    throw broken(
      source,
      document.line,
      `${name} has neither validations nor auditAnnotations, so an API server does not accept it`,
    );
  return { name, file, line: document.line, spec, notes: readNotes(source, spec.validations.length), bindings };
}

function compilePrograms(source: PolicyDocument, spec: PolicySpec, compiler: PolicyCompiler): Programs {
  const { program, variables, matchConditions } = compileCommon(source, spec, compiler);
  return {
    variables,
    matchConditions,
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

type CommonSpec = Pick<PolicySpec, 'paramKind' | 'variables' | 'matchConditions'>;

/** What policies of all kinds have, and how their other expressions are compiled. Throws POLICY_INVALID. */
export function compileCommon(source: PolicyDocument, spec: CommonSpec, compiler: PolicyCompiler) {
  const at = (path: FieldPath) => source.document.locate(['spec', ...path]).line;
  const variables = new Map<string, Variable>();
  const types = new Map<string, Type>();
  const params = spec.paramKind !== undefined && spec.paramKind !== null;
  const program = (text: string, path: FieldPath, wanted?: Type, declared: Partial<Declared> = {}): Program => {
    const unknown = variablesIn(text).find((name) => !variables.has(name));
    if (unknown !== undefined) throw broken(source, at(path), `variables.${unknown} is not defined before it is used`);
    const compiled = compileAt(text, path, declared);
    if (wanted !== undefined && compiled.type !== undefined && textOf(compiled.type) !== textOf(wanted))
      throw broken(
        source,
        at(path),
        `an expression of ${source.name} must evaluate to ${textOf(wanted)} but is of type ${textOf(compiled.type)}`,
      );
    return compiled;
  };
  const compileAt = (text: string, path: FieldPath, declared: Partial<Declared>): Program => {
    try {
      return compiler.compile(text, { params, variables: types, ...declared });
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw unsupported(source, at(path), `${source.name}: ${reasonOf(thrown)}`);
      throw broken(source, at(path), `an expression of ${source.name} does not compile: ${reasonOf(thrown)}`);
    }
  };
  for (const [index, { name, expression }] of spec.variables.entries()) {
    const compiled = program(expression, ['variables', index, 'expression']);
    if (compiled.type !== undefined) types.set(name, compiled.type);
    variables.set(name, { program: compiled, key: compiler.keyOf(compiled, variables) });
  }
  const matchConditions = spec.matchConditions.map((condition, index) => ({
    name: condition.name,
    program: program(condition.expression, ['matchConditions', index, 'expression'], bool),
  }));
  return { program, variables, matchConditions };
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
