import { EvaluationError } from '@marcbachmann/cel-js';

/**
 * What evaluating one policy for one object may cost, in steps: one for each node of an expression each time it is evaluated, more for
 * functions that read a long string or list. Kubernetes allows 10,000,000 for a policy and binding (RuntimeCELCostBudget,
 * https://github.com/kubernetes/apiserver/blob/v0.34.0/pkg/apis/cel/config.go); its units are similar and its interpreter is faster.
 */
export const stepLimit = 5_000_000;

export class TooCostly extends EvaluationError {
  constructor(steps: number) {
    super(`it costs more than ${String(steps).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')} steps`);
  }
}

/** Charges steps to the budget of the running evaluation. Throws TooCostly. */
export type Spend = (steps: number) => void;

/** The steps that one evaluation may take. */
export class Budget {
  readonly #limit: number;
  #spent = 0;

  constructor(limit = stepLimit) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Throws TooCostly at the first step over the limit, and at each step after it: an expression cannot swallow the last error. */
  spend(steps: number): void {
    this.#spent += steps;
    if (this.#spent > this.#limit) throw new TooCostly(this.#limit);
  }
}

/** Steps of reading a whole value, but at most about `atMost`, so that weighing costs no more than what is charged for it. */
export function weigh(value: unknown, atMost = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 1 + value.length / 10;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = 1;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (weight >= atMost) break;
    weight += weigh(item, atMost - weight);
  }
  return weight;
}

/** The weight of the lighter of two values: comparing them does not take longer. */
export function lesserWeight(left: unknown, right: unknown): number {
  for (let atMost = 64; ; atMost *= 4) {
    const weight = Math.min(weigh(left, atMost), weigh(right, atMost));
    if (weight < atMost) return weight;
  }
}

/** Steps of reading a string, a list or the keys of a map once, without the values that they contain. */
export function lengthOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length / 10;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length / 10 : 0;
}
