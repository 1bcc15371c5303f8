/** Shorter values (`true`, `8080`, `admin`) are also words of other fields. */
export const shortestValue = 6;

interface Known {
  readonly text: string;
  /** The longest other value that it starts with. */
  readonly shorter: Known | undefined;
}

/**
 * Replaces each occurrence of the values, of several at one place the longest. Takes the time of reading the text once, however many values there
 * are: an alternation of thousands of them is tried at each character.
 * @param values Of at least `shortestValue` characters.
 */
export function replaceEach(values: readonly string[], by: string): (text: string) => string {
  const sorted = withShorter([...new Set(values)].toSorted());
  const starts = new Uint8Array(0x10000);
  for (const { text } of sorted) starts[startAt(text, 0)] = 1;
  const prefixes = new Set(sorted.map(({ text }) => text.slice(0, shortestValue)));
  return (text) => {
    let replaced = '';
    let end = 0;
    for (let at = 0; at <= text.length - shortestValue; at += 1) {
      if (starts[startAt(text, at)] !== 1 || !prefixes.has(text.slice(at, at + shortestValue))) continue;
      const found = longestAt(text, at, sorted);
      if (found === undefined) continue;
      replaced += text.slice(end, at) + by;
      end = at + found.length;
      at = end - 1;
    }
    return end === 0 ? text : replaced + text.slice(end);
  };
}

/** A number for the first three characters. */
function startAt(text: string, at: number): number {
  return (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5) ^ (text.charCodeAt(at + 2) << 10)) & 0xffff;
}

/** In their order, a value comes after all values that it starts with. */
function withShorter(sorted: readonly string[]): readonly Known[] {
  let last: Known | undefined;
  return sorted.map((text) => {
    let shorter = last;
    while (shorter !== undefined && !text.startsWith(shorter.text)) shorter = shorter.shorter;
    last = { text, shorter };
    return last;
  });
}

/** The last value that is not after the text there, or the longest that both start with. */
function longestAt(text: string, at: number, sorted: readonly Known[]): string | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]?.text ?? '';
    if (value <= text.slice(at, at + value.length)) low = middle + 1;
    else high = middle;
  }
  let found = sorted[low - 1];
  while (found !== undefined && !text.startsWith(found.text, at)) found = found.shorter;
  return found?.text;
}
