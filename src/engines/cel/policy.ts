import * as z from 'zod';
import type { JsonPatchOperation } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';
import type { YamlDocument } from '../../yaml/yaml.ts';
import { compile, type Program, reasonOf } from './environment.ts';
import { type BindingSpec, type MatchResources, type PolicySpec, policySpecSchema } from './schema.ts';
import { variablesIn } from './source.ts';

/** A document of a policy file with its place. */
export interface PolicyDocument {
  readonly file: string;
  readonly document: YamlDocument;
  readonly object: JsonObject;
  readonly kind: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the gate's own annotations (`k8s-gate.io/…`) say of a policy; none is needed. */
export interface PolicyNotes {
  /** Of each validation, in their order. */
  readonly severities?: readonly Severity[];
  readonly title?: string;
  readonly category?: string;
  readonly description?: string;
  readonly fix?: string;
  readonly helpUrl?: string;
  readonly field?: string;
  readonly patch?: readonly JsonPatchOperation[];
  /** What the field that a message names should be; from it a patch is made for each finding. */
  readonly set?: JsonValue;
  /** `k8s-gate.io/enabled: "false"`: runs only where it is asked for. */
  readonly optIn: boolean;
}

export interface CelBinding {
  readonly name: string;
  readonly actions: BindingSpec['validationActions'];
  readonly matchResources?: MatchResources;
  readonly paramRef?: NonNullable<BindingSpec['paramRef']>;
  /** The object that paramRef names, where it stands in the policies' own files. */
  readonly params?: JsonObject;
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
  readonly variables: ReadonlyMap<string, Program>;
  readonly matchConditions: readonly { readonly name: string; readonly program: Program }[];
  readonly validations: readonly CelValidation[];
}

const patchSchema = z.array(
  z.strictObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string().startsWith('/'), value: z.json().optional() }),
);

/** Throws POLICY_INVALID with file and line for what is no policy, or doesn't compile. */
export function compilePolicy(source: PolicyDocument, bindings: readonly CelBinding[]): CelPolicy {
  const spec = readSpec(policySpecSchema, source);
  const at = (path: readonly (string | number)[]) => source.document.locate(['spec', ...path]).line;
  const known = new Set<string>();
  const program = (text: string, path: readonly (string | number)[]): Program => {
    const unknown = variablesIn(text).find((name) => !known.has(name));
    if (unknown !== undefined) throw broken(source, at(path), `variables.${unknown} is not defined before it is used`);
    try {
      return compile(text);
    } catch (thrown) {
      throw broken(source, at(path), `an expression of ${source.name} does not compile: ${reasonOf(thrown)}`);
    }
  };
  const variables = new Map<string, Program>();
  for (const [index, variable] of spec.variables.entries()) {
    variables.set(variable.name, program(variable.expression, ['variables', index, 'expression']));
    known.add(variable.name);
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
      program: program(condition.expression, ['matchConditions', index, 'expression']),
    })),
    validations: spec.validations.map(({ expression, message, messageExpression, reason }, index) => ({
      program: program(expression, ['validations', index, 'expression']),
      ...(message !== undefined && { message }),
      ...(messageExpression !== undefined && {
        messageProgram: program(messageExpression, ['validations', index, 'messageExpression']),
      }),
      ...(reason !== undefined && { reason }),
    })),
  };
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
  const title = note('title');
  const category = note('category');
  const description = note('description') ?? source.annotations.description;
  const fix = note('fix');
  const field = note('field');
  const severity = note('severity');
  const helpUrl = note('help-url');
  const patch = note('patch');
  const set = note('set');
  return {
    ...(severity !== undefined && { severities: readSeverities(severity, validations, source) }),
    ...(title !== undefined && { title }),
    ...(category !== undefined && { category }),
    ...(description !== undefined && { description }),
    ...(fix !== undefined && { fix }),
    ...(field !== undefined && { field }),
    ...(helpUrl?.startsWith('https://') === true && { helpUrl }),
    ...(patch !== undefined && { patch: readPatch(patch, source) }),
    ...(set !== undefined && { set: readSet(set, source) }),
    optIn: note('enabled') === 'false',
  };
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
      `the severity ${JSON.stringify(names[unknown])} is none of critical, high, medium, low`,
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
    throw broken(source, source.document.line, 'k8s-gate.io/set is no JSON');
  }
}

function readPatch(text: string, source: PolicyDocument): readonly JsonPatchOperation[] {
  try {
    return patchSchema.parse(JSON.parse(text));
  } catch {
    throw broken(source, source.document.line, 'k8s-gate.io/patch is no JSON Patch (a list of add, remove and replace)');
  }
}

export function broken(source: Pick<PolicyDocument, 'file'>, line: number, message: string): GateError {
  return new GateError('POLICY_INVALID', {
    file: source.file,
    line,
    message,
    expected: 'a ValidatingAdmissionPolicy that the API server would take',
    next: 'Mend the policy: one that is not understood is never left out.',
  });
}

export function annotationsOf(object: JsonObject): Readonly<Record<string, string>> {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, String(value)]));
}
