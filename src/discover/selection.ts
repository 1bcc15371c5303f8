import picomatch from 'picomatch';

/** Whether a path relative to the workspace matches a list of folders, files and globs. */
export type Selection = (file: string) => boolean;

export function select(patterns: readonly string[]): Selection {
  const tests = patterns.map(normalize).map(matcher);
  return (file) => tests.some((test) => test(file));
}

/** `./deploy/` is `deploy`, `.` is the workspace itself: the empty path. */
export function normalize(pattern: string): string {
  const bare = pattern
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '');
  return bare === '.' ? '' : bare;
}

function matcher(pattern: string): Selection {
  if (pattern === '') return () => true;
  // A file name may contain a newline, which `.` in a regular expression only matches with this flag.
  const glob = picomatch(pattern, { dot: true, flags: 's' });
  // A folder name may contain glob characters.
  return (file) => file === pattern || file.startsWith(`${pattern}/`) || glob(file);
}

export function leavesWorkspace(pattern: string): boolean {
  const bare = normalize(pattern);
  return bare.startsWith('/') || bare.split('/').includes('..');
}
