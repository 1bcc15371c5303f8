import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { untouchedOf } from './git-checkout.ts';
import { parseDiff } from './git-diff.ts';
import { changeOf, entriesOf, submoduleOf } from './git-entries.ts';
import { environmentOf, findRepository, type GitRepository } from './git-repository.ts';
import { type GitProcesses, lastLine, runGit } from './git-run.ts';
import { inView, type RunInView } from './git-view.ts';
import type { Files, Git, ProcessResult } from './ports.ts';

export interface GitOptions extends GitProcesses {
  readonly files: Files;
  /** Where commits are fetched from. Default: `origin` of the user's own clone, with the user's own credentials. */
  readonly remote?: GitRemote;
}
export interface GitRemote {
  /** `https://github.com/org/shop` */
  readonly url: string;
  /** For the base of a private repository; sent to this server only, by the process that fetches. */
  readonly credential?: { readonly serverUrl: string; readonly token: string };
}

/** Git through the user's own binary. Nothing here writes to the work tree or moves a ref. */
export function createNodeGit(options: GitOptions): Git {
  return {
    async head(folder) {
      const repository = await findRepository(folder);
      if (repository === undefined) return undefined;
      const result = await inRepository(options, repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch(noGit);
      if (result?.exitCode !== 0) return undefined;
      const { workTree } = repository;
      return { sha: result.stdout.trim(), prefix: path.relative(workTree, repository.folder), workTree };
    },

    async remotes(folder) {
      const repository = await findRepository(folder);
      if (repository === undefined) return [];
      // Not `git remote`, which fails for a remote that is only half configured; nor with what `insteadOf` makes of the URLs.
      const args = ['config', '--null', '--get-regexp', '^remote\\..*\\.url$'];
      const result = await inRepository(options, repository, args).catch(noGit);
      return result?.exitCode === 0 ? entriesOf(result.stdout).map((entry) => entry.slice(entry.indexOf('\n') + 1)) : [];
    },

    async changes(folder) {
      const repository = await repositoryOf(folder, 'HEAD');
      const { exitCode, stdout } = await inRepository(options, repository, ['status', ...statusOptions]);
      if (exitCode !== 0) return undefined;
      const entries = entriesOf(stdout).map(changeOf);
      const untouched = await untouchedOf(options, repository, entries);
      return entries.filter(({ path: file }) => !untouched.has(file)).map(({ path: file, tracked }) => ({ path: file, tracked }));
    },

    async ignored(folder) {
      const repository = await repositoryOf(folder, 'HEAD');
      const result = await inRepository(options, repository, ['ls-files', ...ignoredOptions]);
      if (result.exitCode !== 0) throw unavailable('HEAD', result, 'Run the gate in a checkout of the repository.');
      return entriesOf(result.stdout);
    },

    async submodules(folder, sha) {
      const commit = checkedSha(sha);
      return inOwnView(options, await repositoryOf(folder, commit), commit, async (view) => {
        const result = await view(['ls-tree', '-r', '-z', '--full-tree', commit]);
        if (result.exitCode !== 0) throw unavailable(commit, result, incomplete);
        return entriesOf(result.stdout).flatMap(submoduleOf);
      });
    },

    async resolve(folder, name) {
      const repository = await repositoryOf(folder, name);
      const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
      const result = await inRepository(options, repository, args);
      if (result.exitCode === 0) return result.stdout.trim();
      const { stdout: shallow } = await inRepository(options, repository, ['rev-parse', '--is-shallow-repository']);
      const branch = /^(?:origin\/)?([A-Za-z][\w./-]*)$/.exec(name)?.[1] ?? 'main';
      throw new GateError('BASE_UNAVAILABLE', {
        message: `\`${name}\` names no commit of ${folder}`,
        expected: 'a branch, tag or SHA, such as origin/main',
        next:
          shallow.trim() === 'true'
            ? 'This clone is shallow. Fetch the history: git fetch --unshallow, or `fetch-depth: 0` of actions/checkout.'
            : `Correct the name, or fetch it first: git fetch origin ${branch}.`,
      });
    },

    async fetchCommit(folder, sha) {
      const commit = checkedSha(sha);
      const repository = await repositoryOf(folder, commit);
      await inOwnView(options, repository, commit, async (view) => {
        const isThere = async () => (await view(['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0;
        if (await isThere()) return;
        const fetched = await fetchInto(view, options, repository, commit);
        if (fetched?.exitCode !== 0 || !(await isThere())) throw unavailable(commit, fetched, fetchItFirst);
      });
    },

    async exportCommit(folder, sha, to) {
      const commit = checkedSha(sha);
      const repository = await repositoryOf(folder, commit);
      await options.files.makeDir(to);
      // Not next to `to`: in a submodule's folder, the change's files are there.
      const gitDir = await options.files.makeTempDir('k8s-gate-view-');
      const view = { objects: await objectsOf(options, repository, commit), commit, gitDir, workTree: to };
      // `git archive` would obey the change's export-ignore attributes.
      const steps = [
        ['read-tree', commit],
        ['checkout-index', '--all', '--force'],
      ];
      await inView(options, view, async (run) => {
        const failed = await firstFailure(run, steps);
        if (failed === undefined) return;
        // A partial clone, as actions/checkout makes it for a sparse checkout, has only the files of its work tree.
        const fetched = await fetchInto(run, options, repository, commit);
        const again = fetched?.exitCode === 0 ? await firstFailure(run, steps) : failed;
        if (again !== undefined) throw unavailable(commit, again, incomplete);
      });
    },

    async diff(folder, from, to) {
      const [old, young] = [checkedSha(from), checkedSha(to)];
      return inOwnView(options, await repositoryOf(folder, old), old, async (view) => {
        const result = await view(['diff', ...diffOptions, old, young, '--']);
        if (result.exitCode !== 0) throw unavailable(old, result, incomplete);
        return parseDiff(result.stdout);
      });
    },
  };
}

async function firstFailure(run: RunInView, steps: readonly (readonly string[])[]): Promise<ProcessResult | undefined> {
  for (const args of steps) {
    const result = await run(args);
    if (result.exitCode !== 0) return result;
  }
  return undefined;
}

/** Undefined without a remote to fetch from. */
async function fetchInto(
  view: RunInView,
  options: GitOptions,
  repository: GitRepository,
  commit: string,
): Promise<ProcessResult | undefined> {
  const url = options.remote?.url ?? (await originOf(options, repository));
  if (url === undefined) return undefined;
  return view(['fetch', ...fetchOptions, '--', url, commit], credentialEnv(options.remote?.credential));
}

const fetchOptions = [
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  // The view has no history to compare, and its own list of cut commits: a complete clone stays complete.
  '--depth=1',
];
const diffOptions = ['--unified=0', '--find-renames', '--no-color', '--src-prefix=a/', '--dst-prefix=b/'];
/**
 * The change does not decide what counts (`ignore` of .gitmodules). The only programs that this may start are filters of the user's own
 * settings, as for any `git status`.
 */
const statusOptions = ['--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=none'];
const ignoredOptions = ['-z', '--others', '--ignored', '--exclude-standard', '--directory'];
const fetchItFirst = 'Let the job’s checkout fetch it (fetch-depth: 0), or give the gate a token that may read the repository.';
/** In a partial clone (`filter:` of actions/checkout) files may be missing. */
const incomplete = 'Check out without `filter:`, so that the repository is complete; `git fsck` checks that.';

/** Uses the repository's own settings: those of its `.git`, which no commit can contain. Not for output that is judged, nor for fetches. */
function inRepository(options: GitOptions, repository: GitRepository, args: readonly string[]): Promise<ProcessResult> {
  return runGit(options, repository.folder, args, { ...environmentOf(repository), GIT_DIR: repository.gitDir });
}

function noGit(thrown: unknown): undefined {
  if (thrown instanceof GateError && thrown.code === 'TOOL_UNAVAILABLE') return undefined;
  throw thrown;
}

async function repositoryOf(folder: string, commit: string): Promise<GitRepository> {
  const repository = await findRepository(folder);
  if (repository !== undefined) return repository;
  throw new GateError('BASE_UNAVAILABLE', {
    message: `${folder} is not in a git repository, so the commit ${commit} can't be read`,
    expected: 'a checkout of the repository',
    next: 'Run actions/checkout before the gate.',
  });
}

async function objectsOf(options: GitOptions, repository: GitRepository, commit: string): Promise<string> {
  const objects = await inRepository(options, repository, ['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
  if (objects.exitCode !== 0) throw unavailable(commit, objects, 'Run the gate in a checkout of the repository.');
  return objects.stdout.replace(/\n$/, '');
}

async function inOwnView<T>(
  options: GitOptions,
  repository: GitRepository,
  commit: string,
  work: (view: RunInView) => Promise<T>,
) {
  const objects = await objectsOf(options, repository, commit);
  const gitDir = await options.files.makeTempDir('k8s-gate-view-');
  return inView<T>(options, { objects, commit, gitDir }, work);
}

/** Read as text, resolved in the view. A relative path starts at the work tree. */
async function originOf(options: GitOptions, repository: GitRepository): Promise<string | undefined> {
  const found = await inRepository(options, repository, ['config', '--local', '--get', 'remote.origin.url']);
  const url = found.stdout.replace(/\n$/, '');
  if (found.exitCode !== 0 || url === '') return undefined;
  return /^\.{1,2}(?:\/|$)/.test(url) ? path.resolve(repository.workTree, url) : url;
}

/**
 * In the environment, since any process of the machine could read an argument. The empty value comes first and removes the header that
 * actions/checkout may have left behind: with two of them GitHub answers 400. https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpextraHeader
 */
function credentialEnv(credential: GitRemote['credential']): Readonly<Record<string, string>> {
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

/** A SHA only: git would read `--upload-pack=…` as an option. */
function checkedSha(sha: string): string {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(sha)) return sha;
  throw new GateError('BASE_UNAVAILABLE', { message: `\`${sha}\` is not a commit`, expected: 'a full SHA' });
}

function unavailable(sha: string, result: ProcessResult | undefined, next: string): GateError {
  const line = result === undefined ? '' : lastLine(result);
  return new GateError('BASE_UNAVAILABLE', {
    message: `the commit ${sha} can't be read${line === '' ? '' : ` (git: ${line})`}`,
    next,
  });
}
