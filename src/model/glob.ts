/**
 * Whether a whole text matches a pattern: `*` is any run of characters (including `/`), `?` is one. There are no other special characters
 * and no escapes. Only the last star is backtracked, so the time is at most pattern times text: no pattern can stall the gate.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = from;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      from = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether there is a text that both patterns match. */
export function globsOverlap(one: string, other: string): boolean {
  // row[j]: whether the rest of `one` from i and the rest of `other` from j have a text in common.
  let row: readonly boolean[] = [];
  for (let i = one.length; i >= 0; i -= 1) {
    const next: boolean[] = [];
    for (let j = other.length; j >= 0; j -= 1) {
      if (one[i] === '*') next[j] = row[j] === true || next[j + 1] === true;
      else if (other[j] === '*') next[j] = next[j + 1] === true || row[j] === true;
      else if (i === one.length || j === other.length) next[j] = i === one.length && j === other.length;
      else next[j] = (one[i] === other[j] || one[i] === '?' || other[j] === '?') && row[j + 1] === true;
    }
    row = next;
  }
  return row[0] === true;
}

/** Whether the pattern consists of wildcards only, so that it matches everything. */
export function isAllWildcards(pattern: string): boolean {
  return /^[*?]*$/.test(pattern);
}
