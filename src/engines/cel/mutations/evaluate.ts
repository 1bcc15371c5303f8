import { isArray, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { equalJson } from '../../../model/json-diff.ts';
import { type Admission, admissionOf } from '../admission.ts';
import { Budget, TooCostly } from '../budget.ts';
import { reasonOf } from '../compiler.ts';
import { conditionsHold, excerpt, type Outcome, Root, readsParams, unbound } from '../evaluate.ts';
import { allOf, matches } from '../match.ts';
import { type Collected, collectParams } from '../params.ts';
import type { CelBinding } from '../policy.ts';
import { type CelValue, toCel } from '../values.ts';
import { Indeterminate } from '../variables.ts';
import { applyConfiguration, applyJsonPatch, Rejected } from './apply.ts';
import { PatchFailed } from './json-patch.ts';
import type { MergeType } from './merge-types.ts';
import type { MutatingPolicy, Mutation } from './policy.ts';

/** What one mutation does to an object: before as an API server has it, after with what the mutation has written. */
export interface Change {
  /** Index in spec.mutations. */
  readonly mutation: number;
  readonly before: JsonObject;
  readonly after: JsonValue;
}
export interface Problem extends Pick<Outcome, 'message' | 'tooCostly'> {
  readonly status: 'error' | 'indeterminate';
  /** An API server refuses the result for every object like this one: the policy is wrong. */
  readonly isCertain?: true;
  readonly mutation?: number;
}
export interface Mutated {
  readonly matched: boolean;
  readonly changes: readonly Change[];
  /** The mutations after it are not evaluated. */
  readonly problem?: Problem;
  /** After all of the changes. */
  readonly object: JsonObject;
}

/** Applies the mutations of a policy as if the object were being created, for each of its bindings and their parameters. @param type Of the object; undefined if it is not known. */
export function mutate(policy: MutatingPolicy, admission: Admission, type: MergeType | undefined): Mutated {
  const run = new Run(policy, admission, type);
  const { bindings } = policy;
  for (const binding of bindings.length === 0 ? [unbound] : bindings) {
    if (run.problem !== undefined) break;
    run.apply(binding);
  }
  return run;
}

class Run implements Mutated {
  matched = false;
  readonly changes: Change[] = [];
  problem?: Problem;
  object: JsonObject;
  readonly #policy: MutatingPolicy;
  readonly #admission: Admission;
  readonly #type: MergeType | undefined;
  readonly #budget = new Budget();

  constructor(policy: MutatingPolicy, admission: Admission, type: MergeType | undefined) {
    this.#policy = policy;
    this.#admission = admission;
    this.#type = type;
    this.object = asStored(admission.object);
  }

  apply(binding: CelBinding): void {
    const { matchConstraints, paramKind } = this.#policy.spec;
    const inner = binding.matchResources ? matches(binding.matchResources, this.#admission) : 'yes';
    const match = allOf(matches(matchConstraints, this.#admission), inner);
    if (match === 'no') return;
    const collected = collectParams(paramKind, binding, this.#admission);
    const unsure = match === 'yes' ? undefined : 'unknown' in match ? match.unknown : match.doubt;
    if ('params' in collected && !collected.oneOf) {
      for (const param of collected.params) this.#applyWith(param, unsure ?? param.doubt);
      return;
    }
    // A condition that does not read the parameters may exclude the object without them.
    if (!readsParams(this.#policy) && !this.#holds(this.#rootOf(null))) return;
    if ('error' in collected) this.#stop({ status: 'error', message: collected.error });
    else if ('unknown' in collected) this.#stop({ status: 'indeterminate', message: collected.unknown });
    else this.#stop({ status: 'indeterminate', message: collected.params[0]?.doubt ?? 'its parameters are not known' });
  }

  #applyWith({ cel }: Collected, unsure: string | undefined): void {
    if (this.problem !== undefined || !this.#holds(this.#rootOf(cel))) return;
    if (unsure !== undefined) this.#stop({ status: 'indeterminate', message: unsure });
    this.matched = true;
    for (const [index, mutation] of this.#policy.mutations.entries()) {
      if (this.problem !== undefined) return;
      this.#change(index, mutation, this.#rootOf(cel));
    }
  }

  #rootOf(params: CelValue): Root {
    return new Root(this.#policy, params, admissionOf(this.object, this.#admission.place), this.#budget);
  }

  #holds(root: Root): boolean {
    const { status, ...outcome } = conditionsHold(this.#policy, root);
    if (status === 'error' || status === 'indeterminate') this.#stop({ status, ...outcome });
    return status === 'pass';
  }

  #change(index: number, mutation: Mutation, root: Root): void {
    if (mutation.program.needs !== undefined) this.#stop({ status: 'indeterminate', message: mutation.program.needs });
    else {
      try {
        const written = withoutNulls(this.#applied(mutation, root));
        const after = asStored(written);
        if (!equalJson(this.object, after)) this.changes.push({ mutation: index, before: this.object, after: written });
        this.object = after;
      } catch (thrown) {
        this.#stop({ ...problemOf(mutation, thrown), mutation: index });
      }
    }
  }

  #applied({ patchType, program }: Mutation, root: Root): JsonValue {
    const value = program.run(root, this.#budget);
    const apply = patchType === 'JSONPatch' ? applyJsonPatch : applyConfiguration;
    return apply(this.object, value, this.#type);
  }

  #stop(problem: Problem): void {
    this.matched = true;
    this.problem ??= problem;
  }
}

function problemOf({ program }: Mutation, thrown: unknown): Problem {
  if (thrown instanceof Indeterminate) return { status: 'indeterminate', message: thrown.message };
  if (thrown instanceof Rejected) return { status: 'error', message: thrown.message, isCertain: true };
  if (thrown instanceof PatchFailed) return { status: 'error', message: thrown.message };
  const message = `${excerpt(program)}: ${reasonOf(thrown)}`;
  return { status: 'error', message, ...(thrown instanceof TooCostly && { tooCostly: true }) };
}

/** As an API server has it, which decodes it into its Go type. */
function asStored(object: JsonValue): JsonObject {
  const stored = toCel(object);
  if (isObject(stored)) return stored;
  throw new PatchFailed('the result is not an object');
}

/** A field of null is absent. */
function withoutNulls(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])));
}
