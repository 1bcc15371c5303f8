/** Lines that a patch shows, of the base's file and of the head's: only these take comments. */
export function shownLines(patch: string | undefined): {
  readonly LEFT: ReadonlySet<number>;
  readonly RIGHT: ReadonlySet<number>;
} {
  const shown = { LEFT: new Set<number>(), RIGHT: new Set<number>() };
  let [left, right] = [0, 0];
  for (const line of (patch ?? '').split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk !== null) [left, right] = [Number(hunk[1]), Number(hunk[2])];
    if (/^[ -]/.test(line)) shown.LEFT.add(left++);
    if (/^[ +]/.test(line)) shown.RIGHT.add(right++);
  }
  return shown;
}
