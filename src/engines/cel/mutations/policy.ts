import { listOf, type Type } from '../check/types.ts';
import type { Program } from '../compiler.ts';
import { type CelBinding, type CelPolicy, compileCommon, type PolicyCompiler } from '../policy.ts';
import { type PolicyDocument, readSpec } from '../policy-document.ts';
import { type PolicyNotes, readNotes } from '../policy-notes.ts';
import { type MutatingSpec, mutatingSpecSchema } from '../schema.ts';

/** A compiled MutatingAdmissionPolicy with its bindings. */
export interface MutatingPolicy extends Pick<CelPolicy, 'name' | 'file' | 'line' | 'bindings' | 'variables' | 'matchConditions'> {
  readonly spec: MutatingSpec;
  readonly notes: PolicyNotes;
  readonly mutations: readonly Mutation[];
}
export interface Mutation {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch';
  readonly program: Program;
}

const message = (name: string): Type => ({ kind: 'object', name, parameters: [] });
const results = { ApplyConfiguration: message('Object'), JSONPatch: listOf(message('JSONPatch')) } as const;

/** Throws POLICY_INVALID with file and line for an invalid policy, or one that does not compile. */
export function compileMutations(
  source: PolicyDocument,
  bindings: readonly CelBinding[],
  compiler: PolicyCompiler,
): MutatingPolicy {
  const spec = readSpec(mutatingSpecSchema, source);
  const { program, variables, matchConditions } = compileCommon(source, spec, compiler);
  const mutations = spec.mutations.map((mutation, index) => {
    const { patchType } = mutation;
    const [field, { expression }] =
      mutation.patchType === 'JSONPatch'
        ? (['jsonPatch', mutation.jsonPatch] as const)
        : (['applyConfiguration', mutation.applyConfiguration] as const);
    const path = ['mutations', index, field, 'expression'];
    return { patchType, program: program(expression, path, results[patchType], { patchTypes: true }) };
  });
  const { name, file, document } = source;
  const notes = readNotes(source, mutations.length);
  return { name, file, line: document.line, spec, notes, bindings, variables, matchConditions, mutations };
}
