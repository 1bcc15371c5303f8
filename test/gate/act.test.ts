import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../support/gate-process.ts';
import { type GitHubServer, startGitHub, writeToken } from '../support/github-server/server.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { branchEvent, type Checkout, checkOut, openPull, pullRequestEvent, type RunnerEvent } from '../support/pull-request.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const act = await installedTool('act');
if (act === undefined) console.warn('act: skipped, not installed (node dist/cli/index.js engines install act)');

const workflow = `on: [push, pull_request]
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: ./
        id: gate
        with: { engines: cel, paths: deploy }
      - if: always()
        run: echo "the verdict is $VERDICT"
        env: { VERDICT: "\${{ steps.gate.outputs.verdict }}" }
`;

/** The action as a tag of it holds it. */
const action: Readonly<Record<string, string>> = Object.fromEntries(
  ['action.yml', 'dist', 'policies', 'tools.lock.json', 'package.json'].flatMap((part) =>
    filesBelow(part).map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
  ),
);

function filesBelow(part: string): readonly string[] {
  if (!statSync(path.join(root, part)).isDirectory()) return [part];
  return readdirSync(path.join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** `uses: ./` in a checkout whose head brings this manifest, started as act would start it for the event. */
async function run(
  manifest: string,
  event: (checkout: Checkout) => RunnerEvent,
  options: { readonly server?: GitHubServer; readonly token?: string } = {},
) {
  const base = { ...action, '.github/workflows/gate.yml': workflow, 'deploy/web.yaml': goodDeployment };
  const checkout = await checkOut({ base, head: { 'deploy/web.yaml': manifest } });
  if (options.server !== undefined) openPull(options.server, checkout);
  const { name, payload } = event(checkout);
  const home = emptyFolder();
  const file = path.join(home, 'event.json');
  writeFileSync(file, JSON.stringify(payload));
  const args = [name, '-P', 'ubuntu-latest=-self-hosted', '--action-offline-mode', '--eventpath', file];
  if (options.server !== undefined) args.push('--env', `GITHUB_API_URL=${options.server.url}`);
  if (options.token !== undefined) args.push('--secret', `GITHUB_TOKEN=${options.token}`);
  const { PATH = '' } = process.env;
  const child = spawn(act?.path ?? '', [...args, '--env', 'GITHUB_REPOSITORY=octo/shop'], {
    cwd: checkout.folder,
    env: { PATH, HOME: home, XDG_CACHE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [status] = await once(child, 'close');
  return { status, output };
}

const push = (checkout: Checkout) => branchEvent('push', checkout.mergeSha);

describe.skipIf(act === undefined)('under act', { timeout: 120_000 }, () => {
  it('passes', async () => {
    const { status, output } = await run(goodDeployment, push);
    expect(output).toMatch(/the verdict is (pass|warn)/);
    expect(status).toBe(0);
  });

  it('fails the job where it blocks', async () => {
    const { status, output } = await run(privilegedDeployment, push);
    expect(output).toContain('the verdict is block');
    expect(status).not.toBe(0);
  });

  it('comments on a pull request', async () => {
    const server = await startGitHub();
    try {
      const { status, output } = await run(privilegedDeployment, pullRequestEvent, { server, token: writeToken });
      expect(output).toContain('the verdict is block');
      expect(status).not.toBe(0);
      expect(server.violations).toEqual([]);
      expect(server.state.repositories.get('octo/shop')?.comments).toMatchObject([{ author: 'github-actions[bot]', issue: 7 }]);
    } finally {
      await server.close();
    }
  });
});
