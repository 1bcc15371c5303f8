import { toGateError } from '../model/gate-error.ts';
import type { NotFetched } from '../model/sources.ts';

/** Why something is not fetched, with what to do about it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly next: string;
  constructor(reason: string, next: string) {
    super(reason);
    this.next = next;
  }
}

/** @param next For what a request failed with. */
export function notFetched(thrown: unknown, next: string): NotFetched {
  if (thrown instanceof Refusal) return { status: 'not-fetched', reason: thrown.message, next: thrown.next };
  return { status: 'not-fetched', reason: toGateError(thrown).details.message, next };
}
