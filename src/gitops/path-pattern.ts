import picomatch from 'picomatch';

/** Patterns come from the change: a longer one could only cost time. */
const maxPattern = 1000;

/** Files or folders that a pattern of Argo CD matches, sorted: `*` stays within a folder, `**` does not. */
export function matchingPaths(pattern: string, paths: Iterable<string>): readonly string[] {
  if (pattern.length > maxPattern) return [];
  const matches = picomatch(pattern, { dot: true, flags: 's' });
  return [...paths].filter((path) => path === pattern || matches(path)).toSorted();
}
