/** Runs work with limited concurrency, in the order of the calls. */
export type Semaphore = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `count` (and at least one) at a time. */
export function createSemaphore(count: number): Semaphore {
  let free = Math.max(1, count);
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Results in the order of the items. If some fail, all end before the error of the first failed item is thrown, so that errors are stable. */
export async function inParallel<Item, Result>(
  count: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const run = createSemaphore(count);
  return allSettled(items.map((item, index) => run(() => work(item, index))));
}

/** Like Promise.all, but all end before the first error, in their order and not in time, is thrown. */
export async function allSettled<Result>(promises: readonly Promise<Result>[]): Promise<readonly Result[]> {
  const ended = await Promise.allSettled(promises);
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
