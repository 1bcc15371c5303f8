import { afterAll, describe, expect, it } from 'vitest';
import { act, action, runAct } from '../support/act.ts';
import { type GitHubServer, startGitHub, writeToken } from '../support/github-server/server.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { branchEvent, type Checkout, checkOut, pullRequestEvent, type RunnerEvent } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

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

/** `uses: ./` in a checkout whose head brings this manifest. */
async function run(
  manifest: string,
  event: (checkout: Checkout) => RunnerEvent,
  options: { readonly server?: GitHubServer; readonly token?: string } = {},
) {
  const base = { ...action, '.github/workflows/gate.yml': workflow, 'deploy/web.yaml': goodDeployment };
  const checkout = await checkOut({ base, head: { 'deploy/web.yaml': manifest } });
  return await runAct(checkout, event(checkout), options);
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
