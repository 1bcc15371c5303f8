/** How many indexes `0,2-4` names, below the number of completions; or what is wrong with it. */
export function succeededIndexes(text: string, completions: number): number | string {
  let [last, total] = [-1, 0];
  for (const interval of text === '' ? [] : text.split(',')) {
    const parts = interval.split('-');
    if (parts.length > 2) return `the fragment ${JSON.stringify(interval)} can have at most two parts separated by '-'`;
    if (!parts.every((part) => /^\+?\d+$/.test(part)))
      return `cannot convert string to integer for index: ${JSON.stringify(interval)}`;
    const [first = 0, end = first] = parts.map(Number);
    if (Math.max(first, end) >= completions) return `too large index: ${JSON.stringify(interval)}`;
    if (first <= last || (parts.length === 2 && first >= end)) return `non-increasing order: ${JSON.stringify(interval)}`;
    total += end - first + 1;
    last = end;
  }
  return total;
}
