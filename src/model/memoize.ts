const most = 5_000;

/** Computes the result for each text or number once; what throws is computed again. */
export function memoize<T, Key extends string | number = string>(compute: (key: Key) => T): (key: Key) => T {
  const known = new Map<Key, { readonly value: T }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key);
    if (known.size >= most) known.clear();
    known.set(key, { value });
    return value;
  };
}

/** Computes the result for each object once, as long as the object is in use. */
export function memoizeByObject<Key extends object, T>(compute: (key: Key) => T): (key: Key) => T {
  const known = new WeakMap<Key, { readonly value: T }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}
