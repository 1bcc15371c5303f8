import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ActionRun, type GateRun, runAction, runGate } from '../support/gate-process.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { startGitHub, writeToken } from '../support/github-server/server.ts';
import { openPull, pullRequestEvent } from '../support/pull-request.ts';
import type { Tree } from './samples.ts';

/** What the action answered in a pull request or on the default branch. */
interface Answer {
  readonly verdict: string;
  readonly code: number | null;
  readonly outputs: ActionRun['outputs'];
  readonly log: string;
  /** The comment on the pull request. */
  readonly comment: string;
}

/** Plays what the people of a repository do, with the gate's own dist, a clone and a GitHub on this machine. Counts the steps of the user. */
export interface Player {
  readonly folder: string;
  /** What the user did, in words. */
  readonly steps: readonly string[];
  step(what: string): void;
  command(...args: readonly string[]): Promise<GateRun>;
  edit(file: string, from: string, to: string): void;
  /** Opens a pull request with these files, or with what the work tree has. */
  propose(files?: Tree): Promise<Answer>;
  /** Merges what was proposed, and runs the push to main. */
  merge(): Promise<Answer>;
}

const inputs = { engines: 'cel,schema', token: writeToken, comment: 'true', summary: 'true', 'check-run': 'true' };

export function startJourney(files: Tree): Player {
  const folder = repository();
  commit(folder, files);
  const steps: string[] = [];
  let proposed = '';
  return {
    folder,
    steps,
    step: (what) => void steps.push(what),
    command: (...args) => runGate(args, folder),
    edit(file, from, to) {
      const name = path.join(folder, file);
      const text = readFileSync(name, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      writeFileSync(name, text.replaceAll(from, to));
    },
    async propose(change = {}) {
      const baseSha = git(folder, 'rev-parse', 'main');
      git(folder, 'switch', '--quiet', '--force-create', 'change');
      const headSha = commit(folder, change);
      git(folder, 'switch', '--quiet', '--detach', 'main');
      git(folder, 'merge', '--quiet', '--no-ff', '--no-edit', 'change');
      proposed = git(folder, 'rev-parse', 'HEAD');
      const checkout = { folder, baseSha, headSha, mergeSha: proposed };
      const server = await startGitHub();
      try {
        openPull(server, checkout);
        const run = await runAction(inputs, folder, { event: pullRequestEvent(checkout), apiUrl: server.url });
        if (server.violations.length > 0) throw new Error(server.violations.join('\n'));
        return answerOf(run, server.state.repositories.get('octo/shop')?.comments.map(({ body }) => body) ?? []);
      } finally {
        git(folder, 'switch', '--quiet', 'main');
        await server.close();
      }
    },
    async merge() {
      const before = git(folder, 'rev-parse', 'main');
      git(folder, 'merge', '--quiet', '--ff-only', proposed);
      const payload = { before, after: proposed, repository: { default_branch: 'main' } };
      const event = { name: 'push', sha: proposed, ref: 'refs/heads/main', payload };
      return answerOf(await runAction({ engines: inputs.engines }, folder, { event }), []);
    },
  };
}

function answerOf({ outputs, code, stdout, stderr }: ActionRun, comments: readonly string[]): Answer {
  return { verdict: outputs.verdict ?? 'none', code, outputs, log: `${stdout}${stderr}`, comment: comments.join('\n') };
}
