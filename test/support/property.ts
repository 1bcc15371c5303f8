import * as fc from 'fast-check';

/** Checks a synchronous property and throws the smallest counterexample; fc.assert's type leaves open whether there is something to wait for. */
export function holds<T extends unknown[]>(property: fc.IRawProperty<T, false>, runs = 100): void {
  void fc.assert(property, { numRuns: runs });
}
