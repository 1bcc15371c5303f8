const most = 5_000;

/** The answer for each text, worked out once: policies say the same things again and again. What throws is asked again. */
export function remembered<T>(produce: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.value;
    const value = produce(text);
    if (known.size >= most) known.clear();
    known.set(text, { value });
    return value;
  };
}
