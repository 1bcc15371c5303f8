import { EvaluationError } from '@marcbachmann/cel-js';

/**
 * What evaluating one policy for one object may cost, in steps: one for each node of an expression each time it is evaluated, more for
 * what works on a long text or list. Kubernetes bounds the same with 10,000,000 for a policy and binding (RuntimeCELCostBudget,
 * https://github.com/kubernetes/apiserver/blob/v0.34.0/pkg/apis/cel/config.go); its units are much like these, its machine is faster.
 */
export const stepLimit = 5_000_000;

let limit = Number.POSITIVE_INFINITY;
let spent = 0;

export class TooCostly extends EvaluationError {
  constructor(steps: number) {
    super(`it costs more than ${String(steps).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')} steps`);
  }
}

/** Throws TooCostly from the step on that is one too many, and at each step after it. */
export function spend(steps: number): void {
  spent += steps;
  if (spent > limit) throw new TooCostly(limit);
}

/** Of the budget that is running. */
export function spentSteps(): number {
  return spent;
}

export function requireAffordable(): void {
  spend(0);
}

export function isBudgeted(): boolean {
  return limit !== Number.POSITIVE_INFINITY;
}

/** Runs synchronous work on a budget of its own, or on that of the work that it is a part of. */
export function withinBudget<T>(work: () => T, steps = stepLimit): { readonly value: T; readonly spent: number } {
  if (isBudgeted()) return { value: work(), spent };
  limit = steps;
  spent = 0;
  try {
    const value = work();
    return { value, spent };
  } finally {
    limit = Number.POSITIVE_INFINITY;
  }
}

const weights = new WeakMap<object, number>();

/** Steps of looking at all of a value: what is in it twice counts twice, as it is then looked at twice. */
export function weigh(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 1 + value.length / 10;
  if (typeof value !== 'object' || value === null) return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  const weight = items.reduce<number>((sum, item) => sum + weigh(item), 1);
  weights.set(value, weight);
  return weight;
}

/** Steps of going once through a text, a list or the keys of a map, not into what they hold. */
export function lengthOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length / 10;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length / 10 : 0;
}
