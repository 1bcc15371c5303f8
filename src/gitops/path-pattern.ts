import picomatch from 'picomatch';
import { RE2JS } from 're2js';

/** Patterns come from the change: a longer one could only cost time. */
const maxPattern = 1000;

/** Files that a pattern of values files matches, sorted: `*` stays within a folder, `**` does not. */
export function matchingPaths(pattern: string, paths: Iterable<string>): readonly string[] {
  const matches = deepTest(pattern);
  return [...paths].filter((path) => path === pattern || matches(path)).toSorted();
}

/** As github.com/bmatcuk/doublestar. */
export function deepTest(pattern: string): (path: string) => boolean {
  return pattern.length > maxPattern ? () => false : picomatch(pattern, { dot: true, flags: 's' });
}

/** As Go's path.Match: `**` is `*`, which stays within a folder. */
export function shallowTest(pattern: string): (path: string) => boolean {
  return compile(pattern, { any: '[^/]*', one: '[^/]', hasLists: false });
}

/** As `git ls-files`: `*` matches any text, and a folder all files in it. */
export function pathspecTest(pattern: string): (path: string) => boolean {
  const matches = compile(pattern, { any: '.*', one: '.', hasLists: false });
  return (path) => matches(path) || path.startsWith(`${pattern}/`);
}

/** As github.com/gobwas/glob without separators: `*` matches any text, `{a,b}` one of several. */
export function globTest(pattern: string): (path: string) => boolean {
  return compile(pattern, { any: '.*', one: '.', hasLists: true });
}

interface Dialect {
  readonly any: string;
  readonly one: string;
  /** `{a,b}` */
  readonly hasLists: boolean;
}

/** In time linear in the path, whatever pattern a change has. An invalid pattern matches nothing. */
function compile(glob: string, { any, one, hasLists }: Dialect): (path: string) => boolean {
  if (glob.length > maxPattern) return () => false;
  let expression = '';
  let open = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at] ?? '';
    const set = /^\[([!^]?)(\\?[^\]]*)\]/.exec(glob.slice(at));
    if (character === '*') expression += any;
    else if (character === '?') expression += one;
    else if (character === '{' && hasLists) {
      open += 1;
      expression += '(?:';
    } else if (character === '}' && open > 0) {
      open -= 1;
      expression += ')';
    } else if (character === ',' && open > 0) expression += '|';
    else if (character === '[' && set !== null) {
      expression += `[${set[1] === '' ? '' : '^'}${(set[2] ?? '').replaceAll(/[\\^[\]]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else {
      if (character === '\\') at += 1;
      expression += RE2JS.quote(character === '\\' ? (glob[at] ?? '') : character);
    }
  }
  try {
    const pattern = RE2JS.compile(expression, RE2JS.DOTALL);
    return (path) => pattern.matches(path);
  } catch {
    return () => false;
  }
}
