/** Counts the items of a step; its total may grow while it is under way. */
export interface Counter {
  add(count: number): void;
  done(): void;
}

/**
 * @param log Shows counts, if anybody watches (`Log` of the ports).
 * @param what The name of the step: `rendering`.
 */
export function createCounter(
  log: { readonly progress?: (what: string, done: number, total: number) => void },
  what: string,
): Counter {
  let [done, total] = [0, 0];
  return {
    add(count) {
      total += count;
      log.progress?.(what, done, total);
    },
    done() {
      done += 1;
      log.progress?.(what, done, total);
    },
  };
}
