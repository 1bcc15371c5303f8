export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error('no value, no median');
  return (low + high) / 2;
}

/** The one in the middle by `of`: its other figures then belong to one and the same run. */
export function medianBy<T>(items: readonly T[], of: (item: T) => number): T {
  const middle = items.toSorted((a, b) => of(a) - of(b))[Math.floor((items.length - 1) / 2)];
  if (middle === undefined) throw new Error('no run, no median');
  return middle;
}

/**
 * A, B, A, B, …: what else the machine does then hits both sides. Each side's runs, in order. `rounds` of each, one after the other.
 */
export async function interleaved<A, B>(
  rounds: number,
  ours: (round: number) => Promise<A>,
  other: (round: number) => Promise<B>,
): Promise<{ readonly ours: readonly A[]; readonly other: readonly B[] }> {
  const runs = { ours: [] as A[], other: [] as B[] };
  for (let round = 0; round < rounds; round++) {
    runs.ours.push(await ours(round));
    runs.other.push(await other(round));
  }
  return runs;
}
