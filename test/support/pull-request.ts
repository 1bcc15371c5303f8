import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GitHubServer } from './github-server/server.ts';
import { pull } from './github-server/state.ts';
import { emptyFolder } from './temp-folders.ts';

type Tree = Readonly<Record<string, string>>;

/** A checkout as actions/checkout leaves it for a pull request: the merge commit of base and head, detached. */
export interface Checkout {
  readonly folder: string;
  readonly baseSha: string;
  readonly headSha: string;
  readonly mergeSha: string;
}

/** @param trees.meanwhile What the base branch gained since the change branched off: base and head then differ from the merge commit. */
export async function checkOut(trees: {
  readonly base: Tree;
  readonly head: Tree;
  readonly meanwhile?: Tree;
}): Promise<Checkout> {
  const folder = emptyFolder();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=dev', '-c', 'user.email=dev@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const commit = async (tree: Tree, message: string): Promise<string> => {
    for (const [name, text] of Object.entries(tree)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch', 'main');
  await commit(trees.base, 'base');
  git('switch', '--quiet', '--create', 'change');
  const headSha = await commit(trees.head, 'change');
  git('switch', '--quiet', 'main');
  const baseSha = await commit(trees.meanwhile ?? {}, 'meanwhile');
  git('merge', '--quiet', '--no-ff', '--no-edit', 'change');
  const mergeSha = git('rev-parse', 'HEAD');
  git('switch', '--quiet', '--detach', mergeSha);
  git('branch', '--quiet', '--force', 'main', baseSha);
  return { folder, baseSha, headSha, mergeSha };
}

/** What `git diff base...head` shows of each file, as GitHub lists a pull request's files. */
function patches({ folder, headSha, mergeSha }: Checkout): readonly { readonly path: string; readonly patch: string }[] {
  const git = (...args: readonly string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  const names = git('diff', '--name-only', `${mergeSha}^1...${headSha}`)
    .split('\n')
    .filter((name) => name !== '');
  return names.map((name) => ({
    path: name,
    patch: git('diff', `${mergeSha}^1...${headSha}`, '--', name)
      .replace(/^[\s\S]*?(?=^@@ )/m, '')
      .trimEnd(),
  }));
}

/** Tells a fake GitHub of the pull request: its files and their text at the head. */
export function openPull(server: GitHubServer, checkout: Checkout, headRepository = 'octo/shop'): void {
  const shop = server.state.repositories.get('octo/shop');
  if (shop === undefined) throw new Error('the server has no octo/shop');
  const files = patches(checkout);
  const { baseSha, headSha } = checkout;
  pull(shop, { number: 7, baseSha, headSha, headRepository, files: files.map((file) => ({ ...file, status: 'modified' })) });
  for (const { path: name } of files) {
    const text = execFileSync('git', ['-C', checkout.folder, 'show', `${headSha}:${name}`], { encoding: 'utf8' });
    shop.files.set(`${headSha}:${name}`, text);
  }
}

/** An event as the runner hands it over. */
export interface RunnerEvent {
  readonly name: string;
  readonly sha: string;
  readonly ref: string;
  readonly payload: unknown;
}

export function pullRequestEvent(checkout: Checkout, headRepository = 'octo/shop', name = 'pull_request'): RunnerEvent {
  return {
    name,
    sha: checkout.mergeSha,
    ref: 'refs/pull/7/merge',
    payload: {
      action: 'synchronize',
      number: 7,
      pull_request: {
        number: 7,
        user: { login: 'dev' },
        head: { sha: checkout.headSha, repo: { full_name: headRepository } },
        base: { sha: checkout.baseSha, ref: 'main', repo: { full_name: 'octo/shop' } },
      },
    },
  };
}

export function mergeGroupEvent(checkout: Checkout): RunnerEvent {
  const { baseSha, mergeSha } = checkout;
  return {
    name: 'merge_group',
    sha: mergeSha,
    ref: 'refs/heads/gh-readonly-queue/main/pr-7',
    payload: { action: 'checks_requested', merge_group: { head_sha: mergeSha, base_sha: baseSha } },
  };
}

/** push, schedule and workflow_dispatch: a branch as it is. */
export function branchEvent(name: string, sha: string): RunnerEvent {
  return { name, sha, ref: 'refs/heads/main', payload: name === 'push' ? { after: sha } : {} };
}

export function workflowRunEvent(checkout: Checkout, headRepository: string, event = 'pull_request'): RunnerEvent {
  return {
    name: 'workflow_run',
    sha: checkout.baseSha,
    ref: 'refs/heads/main',
    payload: {
      action: 'completed',
      repository: { id: 1 },
      workflow_run: {
        id: 99,
        run_attempt: 1,
        head_sha: checkout.headSha,
        head_repository: { full_name: headRepository },
        event,
        conclusion: 'failure',
        pull_requests: [],
      },
    },
  };
}
