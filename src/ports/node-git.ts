import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { parseDiff } from './git-diff.ts';
import type { Files, Git, Processes, ProcessResult } from './ports.ts';

/**
 * Settings that outrank those of the repository and the machine: no hook, file monitor or pager that these name may run. What reads content
 * runs in a view (below), which knows no settings at all.
 */
const hardened: readonly string[] = [
  'safe.directory=*', // a container job's workspace belongs to another user
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.pager=cat',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
];

/**
 * Attributes of a view, which outrank every .gitattributes: the change must not choose how the base comes out (line ends, encoding, `$Id$`),
 * nor hide a difference as binary. https://git-scm.com/docs/gitattributes
 */
const viewAttributes = '* -text !eol !crlf -ident !filter !working-tree-encoding !diff\n';

export interface GitOptions {
  readonly processes: Processes;
  readonly files: Files;
  /** Of this process git sees PATH, HOME, SSH_AUTH_SOCK and the settings of a proxy. */
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

    async resolve(folder, name) {
      const result = await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
      if (result.exitCode === 0) return result.stdout.trim();
      throw new GateError('BASE_UNAVAILABLE', {
        message: `\`${name}\` names no commit of ${folder}`,
        expected: 'a branch, tag or SHA, such as origin/main',
        next: 'Fetch it first: git fetch origin main.',
      });
    },

    async fetchCommit(folder, sha) {
      const commit = checkedSha(sha);
      const isThere = async () => (await git(folder, ['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0;
      if (await isThere()) return;
      // A depth would cut off the history of a clone that is complete.
      const shallow = (await git(folder, ['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
      const fetched = await git(
        folder,
        ['fetch', ...fetchOptions, ...(shallow ? ['--depth=1'] : []), 'origin', commit],
        credentialEnv(options.credential),
      );
      if (fetched.exitCode === 0 && (await isThere())) return;
      throw unavailable(
        commit,
        fetched,
        'Let the job’s checkout fetch it (fetch-depth: 0), or give the gate a token that may read the repository.',
      );
    },

    async exportCommit(folder, sha, to) {
      const commit = checkedSha(sha);
      await options.files.makeDir(to);
      await inView(options, git, folder, { commit, gitDir: `${to}.git`, workTree: to }, async (view) => {
        // `git archive` would obey the change's export-ignore attributes.
        for (const args of [
          ['read-tree', commit],
          ['checkout-index', '--all', '--force'],
        ]) {
          const result = await view(args);
          if (result.exitCode !== 0) throw unavailable(commit, result, incomplete);
        }
      });
    },

    async diff(folder, from, to) {
      const [old, young] = [checkedSha(from), checkedSha(to)];
      const gitDir = await options.files.makeTempDir('k8s-gate-diff-');
      return inView(options, git, folder, { commit: old, gitDir }, async (view) => {
        const result = await view(['diff', ...diffOptions, old, young, '--']);
        if (result.exitCode !== 0) throw unavailable(old, result, incomplete);
        return parseDiff(result.stdout);
      });
    },
  };
}

const fetchOptions = [
  '--quiet',
  '--no-tags',
  '--no-prune',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--refmap=', // no branch of the remote is moved
];
const diffOptions = ['--unified=0', '--find-renames', '--no-color', '--src-prefix=a/', '--dst-prefix=b/'];
/** A view has no remote to ask: in a partial clone (`filter:` of actions/checkout) files may be missing. */
const incomplete = 'Check out without `filter:`, so that the repository is complete; git fsck tells whether it is.';

type Run = (folder: string, args: readonly string[], extra?: Readonly<Record<string, string>>) => Promise<ProcessResult>;
interface View {
  readonly commit: string;
  /** Made, and removed at the end. */
  readonly gitDir: string;
  readonly workTree?: string;
}

/**
 * Runs git on the objects of a repository through an empty repository of our own: neither the settings, attributes, replacements and index of
 * that repository nor the settings of the machine have a say, so no filter or driver that they name can run.
 */
async function inView<T>(
  options: GitOptions,
  git: Run,
  folder: string,
  { commit, gitDir, workTree }: View,
  work: (view: (args: readonly string[]) => Promise<ProcessResult>) => Promise<T>,
): Promise<T> {
  const { files } = options;
  const objects = await git(folder, ['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
  if (objects.exitCode !== 0) throw unavailable(commit, objects, 'Run the gate in a checkout of the repository.');
  try {
    await files.makeDir(path.join(gitDir, 'refs'));
    await files.write(path.join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
    await files.write(path.join(gitDir, 'info', 'attributes'), viewAttributes);
    await files.write(path.join(gitDir, 'config'), viewConfig(commit, workTree === undefined));
    const env = {
      GIT_DIR: gitDir,
      GIT_OBJECT_DIRECTORY: objects.stdout.replace(/\n$/, ''),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...(workTree !== undefined && { GIT_WORK_TREE: workTree }),
    };
    return await work((args) => git(workTree ?? gitDir, args, env));
  } finally {
    await files.remove(gitDir);
  }
}

function viewConfig(commit: string, bare: boolean): string {
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const core = ['[core]', '\trepositoryformatversion = 1', `\tbare = ${bare}`, '\tsymlinks = true'];
  return [...core, '[extensions]', `\tobjectformat = ${format}`, ''].join('\n');
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

const proxyNames = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
const inheritedNames = [
  ...['PATH', 'HOME', 'SSH_AUTH_SOCK', 'SYSTEMROOT', 'GIT_SSL_CAINFO'],
  ...proxyNames,
  ...proxyNames.map((name) => name.toUpperCase()),
];

function inherited(env: GitOptions['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(inheritedNames.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/**
 * By environment, since an argument could be read by any process of the machine. The empty value comes first and drops the header that
 * actions/checkout may have left behind: with two of them GitHub answers 400. https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpextraHeader
 */
function credentialEnv(credential: GitOptions['credential']): Readonly<Record<string, string>> {
  if (credential === undefined) return {};
  const basic = Buffer.from(`x-access-token:${credential.token}`).toString('base64');
  const key = `http.${credential.serverUrl}/.extraheader`;
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${basic}`,
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
