import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from './root.ts';
import { emptyFolder } from './temp-folders.ts';

/** The repository as it is, committed or not, without what git ignores; its packages are the ones installed here. */
export function repositoryCopy(): string {
  const folder = emptyFolder();
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const name of names.split('\0')) {
    // A file that is deleted and not yet committed is listed, too.
    if (name !== '' && existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(folder, name));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
