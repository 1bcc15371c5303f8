import { afterAll, describe, expect, it } from 'vitest';
import { act, action, filesOf, runAct } from './support/act.ts';
import { readToken, startGitHub, writeToken } from './support/github-server/server.ts';
import { checkOut, pullRequestEvent } from './support/pull-request.ts';
import { removeTempFolders } from './support/temp-folders.ts';
import { installedTool } from './support/tools.ts';

afterAll(removeTempFolders);

const renderers = await Promise.all(['helm', 'kustomize'].map((id) => installedTool(id)));
const storefront = 'examples/shop/deploy/storefront.yaml';

/** A pull request to this repository that changes the example, under our own workflow. */
async function selfGate(token: string, change: (text: string) => string) {
  const server = await startGitHub();
  try {
    const base = { ...action, ...filesOf(['.github/workflows/self-gate.yml', 'examples/shop']) };
    const checkout = await checkOut({ base, head: { [storefront]: change(base[storefront] ?? '') } });
    const run = await runAct(checkout, pullRequestEvent(checkout), { server, token });
    expect(server.violations).toEqual([]);
    return { ...run, comments: server.state.repositories.get('octo/shop')?.comments ?? [] };
  } finally {
    await server.close();
  }
}

describe.skipIf(act === undefined || renderers.includes(undefined))('our own workflow', { timeout: 300_000 }, () => {
  it('comments on a pull request, and is right because the example blocks', async () => {
    const { status, output, comments } = await selfGate(writeToken, (text) => text.replaceAll(':2.4.1', ':latest'));
    expect(output).toContain('the verdict is block');
    expect(status, output).toBe(0);
    expect(comments).toMatchObject([{ author: 'github-actions[bot]', issue: 7 }]);
    const shown = (comments[0]?.body ?? '').replace(/\b[0-9a-f]{7,64}\b/g, (hex) => '0'.repeat(Math.min(hex.length, 40)));
    await expect(shown).toMatchFileSnapshot('../docs/self-gate-comment.md');
  });

  it('judges a fork, whose token is read-only, the same without a comment', async () => {
    const { status, output, comments } = await selfGate(readToken, (text) => text);
    expect(output).toContain('could not be delivered');
    expect(output).toContain('the verdict is block');
    expect(status, output).toBe(0);
    expect(comments).toEqual([]);
  });
});
