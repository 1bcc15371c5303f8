import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createNodeFiles } from '../../src/ports/node-files.ts';
import { createNodeGit, type GitRemote } from '../../src/ports/node-git.ts';
import { createNodeProcesses } from '../../src/ports/node-processes.ts';
import { emptyFolder } from './temp-folders.ts';

/** The machine's own git settings stay out. */
const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'dev'],
      [`GIT_${who}_EMAIL`, 'dev@example.com'],
    ]),
  ),
};

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** An empty repository in a folder of this test file's own. */
export function repository(...initOptions: readonly string[]): string {
  const folder = emptyFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main', ...initOptions);
  return folder;
}

/** Writes files and commits all there is, byte for byte; gives the SHA. */
export function commit(folder: string, files: Readonly<Record<string, string>> = {}): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  git(folder, '-c', 'core.autocrlf=false', 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=x');
  return git(folder, 'rev-parse', 'HEAD');
}

/** The port on the real git. */
export function gitPort(options: { readonly PATH?: string; readonly remote?: GitRemote } = {}) {
  const own = { PATH: options.PATH ?? process.env.PATH, HOME: '/nonexistent' };
  const files = createNodeFiles();
  const { remote } = options;
  return createNodeGit({ files, processes: createNodeProcesses(own), env: own, ...(remote && { remote }) });
}
