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

/** A file inside a folder, or any file if the folder is the workspace. */
export function isInside(file: string, folder: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash === -1 ? '' : file.slice(0, slash);
}

export function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** A folder as shown in messages: the workspace itself is `.`. */
export function shown(folder: string): string {
  return folder === '' ? '.' : folder;
}
