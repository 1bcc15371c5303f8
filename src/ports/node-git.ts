import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { parseDiff } from './git-diff.ts';
import type { Files, Git, Processes, ProcessResult } from './ports.ts';

/**
 * Settings that outrank those of the repository and the machine. The repository belongs to the change: no hook, filter, pager, editor, file
 * monitor or external diff it could name may run, and files come out byte for byte.
 */
const hardened: readonly string[] = [
  'safe.directory=*', // a container job's workspace belongs to another user
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.autocrlf=false',
  'core.quotePath=false',
  'core.pager=cat',
  'core.attributesFile=/dev/null',
  'diff.external=',
  'protocol.ext.allow=never',
  'filter.lfs.smudge=',
  'filter.lfs.process=',
  'filter.lfs.required=false',
  'fetch.recurseSubmodules=false',
  'gc.auto=0',
  'maintenance.auto=false',
];

export interface GitOptions {
  readonly processes: Processes;
  readonly files: Files;
  /** PATH, HOME and SSH_AUTH_SOCK of this process are all that git sees of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For fetching the base of a private repository where the checkout kept no credentials; sent to this server only. */
  readonly credential?: { readonly serverUrl: string; readonly token: string };
}

/** Git by the user's own binary. Nothing here writes to the work tree or moves a ref. */
export function createNodeGit(options: GitOptions): Git {
  const git = (folder: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
    runGit(options, folder, args, extra);
  return {
    async head(folder) {
      const result = await git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch((thrown: unknown) => {
        if (thrown instanceof GateError && thrown.code === 'TOOL_UNAVAILABLE') return undefined;
        throw thrown;
      });
      if (result?.exitCode !== 0) return undefined;
      const prefix = await git(folder, ['rev-parse', '--show-prefix']);
      return { sha: result.stdout.trim(), prefix: prefix.stdout.replace(/\/?\n$/, '') };
    },

    async fetchCommit(folder, sha) {
      const commit = checkedSha(sha);
      if ((await git(folder, ['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0) return;
      const credential = credentialEnv(options.credential);
      const fetched = await git(
        folder,
        ['fetch', '--quiet', '--no-tags', '--depth=1', '--no-write-fetch-head', 'origin', commit],
        credential,
      );
      if (fetched.exitCode === 0 && (await git(folder, ['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0) return;
      throw unavailable(
        commit,
        fetched,
        'Let the job’s checkout fetch it (fetch-depth: 0), or give the gate a token that may read the repository.',
      );
    },

    async exportCommit(folder, sha, to) {
      const commit = checkedSha(sha);
      // An index of our own: the repository's is left alone, and `git archive` would obey the change's export-ignore attributes.
      const index = `${to}.index`;
      try {
        for (const args of [
          ['read-tree', commit],
          ['checkout-index', '--all', '--force', `--prefix=${to}${path.sep}`],
        ]) {
          const result = await git(await rootOf(git, folder), args, { GIT_INDEX_FILE: index });
          if (result.exitCode !== 0) throw unavailable(commit, result, 'Check that the repository is complete: git fsck.');
        }
      } finally {
        await options.files.remove(index);
        await options.files.remove(`${index}.lock`);
      }
    },

    async diff(folder, from, to) {
      const args = [
        'diff',
        '--unified=0',
        '--find-renames',
        '--no-color',
        '--no-ext-diff',
        '--no-textconv',
        '--src-prefix=a/',
        '--dst-prefix=b/',
      ];
      const result = await git(await rootOf(git, folder), [...args, checkedSha(from), checkedSha(to), '--']);
      if (result.exitCode !== 0) throw unavailable(from, result, 'Check that the repository is complete: git fsck.');
      return parseDiff(result.stdout);
    },
  };
}

type Run = (folder: string, args: readonly string[], extra?: Readonly<Record<string, string>>) => Promise<ProcessResult>;

async function rootOf(git: Run, folder: string): Promise<string> {
  const root = await git(folder, ['rev-parse', '--show-toplevel']);
  if (root.exitCode === 0) return root.stdout.replace(/\n$/, '');
  throw unavailable('HEAD', root, 'Run the gate in a checkout of the repository.');
}

async function runGit(options: GitOptions, folder: string, args: readonly string[], extra: Readonly<Record<string, string>>) {
  const executable = await options.processes.find('git');
  if (executable === undefined)
    throw new GateError('TOOL_UNAVAILABLE', { message: 'git is not on the PATH', next: 'Install git.' });
  const result = await options.processes.run({
    executable,
    args: [...hardened.flatMap((setting) => ['-c', setting]), ...args],
    cwd: folder,
    env: {
      ...inherited(options.env),
      GIT_TERMINAL_PROMPT: '0',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      LC_ALL: 'C',
      ...extra,
    },
    timeoutMs: 300_000,
    maxOutputBytes: 256 * 1024 * 1024,
  });
  if (result.end === 'exited') return result;
  throw new GateError('BASE_UNAVAILABLE', {
    message: `git ${args[0] ?? ''} did not end: ${result.startError ?? result.end}`,
    next: 'Run the job again.',
  });
}

function inherited(env: GitOptions['env']): Readonly<Record<string, string>> {
  const names = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'SYSTEMROOT'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** By environment, since an argument could be read by any process of the machine. */
function credentialEnv(credential: GitOptions['credential']): Readonly<Record<string, string>> {
  if (credential === undefined) return {};
  const basic = Buffer.from(`x-access-token:${credential.token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${credential.serverUrl}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}

/** A SHA and nothing else: git would take `--upload-pack=…` for an option. */
function checkedSha(sha: string): string {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(sha)) return sha;
  throw new GateError('BASE_UNAVAILABLE', { message: `\`${sha}\` is no commit`, expected: 'a full SHA' });
}

function unavailable(sha: string, result: ProcessResult, next: string): GateError {
  const said = result.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return new GateError('BASE_UNAVAILABLE', {
    message: `the commit ${sha} can't be read${said === '' ? '' : ` (git: ${said})`}`,
    next,
  });
}
