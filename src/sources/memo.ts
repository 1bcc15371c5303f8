/** Makes the answer to a request once, whether it succeeds or fails. */
export type Memo<T> = (key: string, make: () => Promise<T>) => Promise<T>;

export function createMemo<T>(): Memo<T> {
  const known = new Map<string, Promise<T>>();
  return (key, make) => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
}
