import { afterEach, expect } from 'vitest';
import type { Timing } from '../../src/ports/octokit-client.ts';
import { createGitHub } from '../../src/ports/octokit-github.ts';
import type { GitHub, Log } from '../../src/ports/ports.ts';
import { type GitHubServer, startGitHub, writeToken } from '../support/github-server/server.ts';
import type { Repository } from '../support/github-server/state.ts';

export interface Bench {
  readonly server: GitHubServer;
  readonly shop: Repository;
  readonly github: GitHub;
  readonly logged: readonly string[];
}

type Pacing = NonNullable<Timing['pacing']>;
const unpaced = {
  key: () => ({ schedule: (_job: object, work: () => Promise<unknown>) => work() }),
};
/** A queue that never waits: the plugin calls nothing else of the class, which it does not export. */
const pacing = { write: unpaced, notifications: unpaced } as unknown as Pacing;

export function client(server: GitHubServer, logged: string[], part: { token?: string; timeoutMs?: number } = {}): GitHub {
  const say = (text: string): void => void logged.push(text);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  return createGitHub({
    token: part.token ?? writeToken,
    apiUrl: server.url,
    repository: 'octo/shop',
    userAgent: 'k8s-gate/1.2.3',
    log,
    timing: { timeoutMs: part.timeoutMs ?? 5_000, secondMs: 1, pacing },
  });
}

const running: GitHubServer[] = [];
/** Every test's requests must be ones that GitHub takes. */
afterEach(async () => {
  for (const server of running.splice(0)) {
    await server.close();
    expect(server.violations).toEqual([]);
  }
});

export async function bench(options: { enterprise?: boolean; token?: string; timeoutMs?: number } = {}): Promise<Bench> {
  const server = await startGitHub(options);
  running.push(server);
  const shop = server.state.repositories.get('octo/shop');
  if (shop === undefined) throw new Error('no octo/shop');
  const logged: string[] = [];
  return { server, shop, logged, github: client(server, logged, options) };
}

export const operations = ({ server }: Bench): readonly string[] => server.requests.map(({ operation }) => operation);

export const comments = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
export const checkRuns = '/repos/{owner}/{repo}/check-runs';
export const reviews = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
