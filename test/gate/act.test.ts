import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository, root } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const act = await installedTool('act');
if (act === undefined) console.warn('act: skipped, not installed (node dist/cli/index.js engines install act)');

const workflow = `on: push
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

/** A repository that holds the action as a tag of it would, and a workflow that uses it. */
async function run(manifest: string) {
  const folder = await repository({ '.github/workflows/gate.yml': workflow, 'deploy/web.yaml': manifest });
  for (const part of ['action.yml', 'dist', 'policies', 'tools.lock.json', 'package.json']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args]);
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'A change');
  const { PATH = '' } = process.env;
  const home = emptyFolder();
  const args = ['push', '-P', 'ubuntu-latest=-self-hosted', '--action-offline-mode'];
  return spawnSync(act?.path ?? '', args, { cwd: folder, encoding: 'utf8', env: { PATH, HOME: home, XDG_CACHE_HOME: home } });
}

describe.skipIf(act === undefined)('under act', () => {
  it('passes', async () => {
    const { status, stdout, stderr } = await run(goodDeployment);
    expect(stdout + stderr).toMatch(/the verdict is (pass|warn)/);
    expect(status).toBe(0);
  });

  it('fails the job where it blocks', async () => {
    const { status, stdout, stderr } = await run(privilegedDeployment);
    expect(stdout + stderr).toContain('the verdict is block');
    expect(status).not.toBe(0);
  });
});
