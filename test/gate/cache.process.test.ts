import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startActionsCache } from '../support/actions-cache-server.ts';
import { repository, runAction, runGate, someJob } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

/** A cache folder of its own, with the machine's tools in it. */
function cacheFolder(): string {
  const folder = emptyFolder();
  const tools = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'tools');
  if (existsSync(tools)) symlinkSync(tools, path.join(folder, 'tools'));
  return folder;
}

/** Runs the command again and again on one repository, with a state and a cache of its own. */
async function user(files: Readonly<Record<string, string>>) {
  const [workspace, cache, state] = [await repository(files), cacheFolder(), emptyFolder()];
  return {
    workspace,
    results: () => readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.results')),
    cache,
    check: async (...args: readonly string[]) => {
      const json = path.join(emptyFolder(), 'report.json');
      const all = ['check', '--engines', 'cel', '--cache-dir', cache, '-o', `json=${json}`, ...args];
      const run = await runGate(all, workspace, { XDG_STATE_HOME: state });
      return { ...run, report: JSON.parse(readFileSync(json, 'utf8')) };
    },
  };
}
const essence = (report: { readonly verdict: unknown; readonly findings: unknown }) => [report.verdict, report.findings];
const reused = /(\d+) of (\d+) results reused/;

describe('the command on a tree that it judged before', () => {
  it('reports the same, and evaluates only what changed', async () => {
    const { check, workspace } = await user({
      'a.yaml': privilegedDeployment,
      'b.yaml': goodDeployment.replaceAll('web', 'api'),
    });
    const first = await check();
    const second = await check();
    expect([first.code, reused.exec(first.stderr)]).toEqual([1, null]);
    expect([second.code, reused.exec(second.stderr)?.slice(1)]).toEqual([1, ['2', '2']]);
    expect(essence(second.report)).toEqual(essence(first.report));
    writeFileSync(path.join(workspace, 'b.yaml'), privilegedDeployment.replaceAll('web', 'api'));
    const third = await check();
    expect(reused.exec(third.stderr)?.slice(1)).toEqual(['1', '2']);
    expect(essence(third.report)).toEqual(essence((await check('--no-cache')).report));
    expect(third.report.findings.length).toBeGreaterThan(first.report.findings.length);
  });

  it('evaluates again with --no-cache, and by another policy', async () => {
    const { check, workspace } = await user({ 'a.yaml': privilegedDeployment });
    await check();
    expect((await check('--no-cache')).stderr).not.toMatch(reused);
    writeFileSync(path.join(workspace, '.k8s-gate.yaml'), 'version: 1\nengines:\n  cel:\n    disable: [privileged]\n');
    expect((await check()).stderr).not.toMatch(reused);
  });

  it('is not deceived by results that somebody else wrote', async () => {
    const { check, cache, results } = await user({ 'a.yaml': privilegedDeployment });
    const first = await check();
    const [file = ''] = results();
    const text = readFileSync(path.join(cache, file), 'utf8');
    writeFileSync(path.join(cache, file), text.replaceAll(/"findings":\[\{.*\}\]/g, '"findings":[]'));
    const second = await check();
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('that this gate did not write');
    expect(essence(second.report)).toEqual(essence(first.report));
  });
});

describe('the action', () => {
  it('keeps results between machines where it has a secret to seal them with, and not without', async () => {
    const cache = await startActionsCache();
    try {
      const workspace = await repository({ 'web.yaml': privilegedDeployment });
      const run = (secret: string) =>
        runAction({ engines: 'cel', 'cache-dir': cacheFolder(), 'cache-secret': secret }, workspace, {
          ...someJob,
          env: cache.env,
        });
      await run('');
      expect(cache.asked).toEqual([]);
      const first = await run('s3cret-of-the-repository');
      expect([...cache.blobs.values()].map(({ done }) => done)).toEqual([true]);
      const second = await run('s3cret-of-the-repository');
      expect([first.code, second.code]).toEqual([1, 1]);
      expect(first.stderr).not.toMatch(reused);
      expect(second.stderr).toMatch(reused);
      expect(second.outputs.blocked).toBe(first.outputs.blocked);
      expect(second.stdout).toContain('::add-mask::s3cret-of-the-repository');
      const other = await run('of-somebody-else');
      expect([other.code, other.outputs.blocked]).toEqual([1, first.outputs.blocked]);
      expect(other.stderr).not.toMatch(reused);
      expect(cache.complaints).toEqual([]);
    } finally {
      cache.close();
    }
  });
});
