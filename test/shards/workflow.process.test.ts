import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { runAction, runGate } from '../support/gate-process.ts';
import { startGitHub, writeToken } from '../support/github-server/server.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut, openPull, pullRequestEvent } from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const step = z.object({ uses: z.string(), id: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() });
const workflow = z
  .object({
    jobs: z.object({
      shard: z.object({ strategy: z.object({ matrix: z.object({ shard: z.array(z.string()) }) }), steps: z.array(step) }),
      gate: z.object({ needs: z.literal('shard'), if: z.literal('always()'), steps: z.array(step) }),
    }),
  })
  .parse(parse(readFileSync(path.join(root, 'examples/workflows/sharded.yml'), 'utf8')));
const { shard, gate } = workflow.jobs;

const using = (steps: readonly z.infer<typeof step>[], action: string): Readonly<Record<string, string>> => {
  const found = steps.find(({ uses }) => uses.startsWith(action));
  if (found === undefined) throw new Error(`no step uses ${action}`);
  return Object.fromEntries(Object.entries(found.with ?? {}).map(([name, value]) => [name, String(value)]));
};
/** The expressions that the example has; another would be kept and fail the test. */
const filled = (inputs: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (whole, expression: string) => values[expression] ?? whole),
    ]),
  );

const named = (text: string, name: string): string => text.replace('name: web\n', `name: ${name}\n`);
const head = Object.fromEntries(
  ['web', 'api', 'db', 'cart', 'pay', 'mail'].map((name) => [`deploy/${name}.yaml`, named(goodDeployment, name)]),
);

/** Jobs and steps as the workflow has them, with a folder for the artifacts: their server is GitHub's. */
async function runWorkflow(change: Readonly<Record<string, string>>, lost?: string) {
  const checkout = await checkOut({ base: { 'deploy/web.yaml': goodDeployment }, head: { ...head, ...change } });
  const server = await startGitHub();
  openPull(server, checkout);
  const job = { event: pullRequestEvent(checkout), apiUrl: server.url };
  const artifacts = emptyFolder();
  const temp = emptyFolder();
  const codes: (number | null)[] = [];
  try {
    for (const [index, part] of shard.strategy.matrix.shard.entries()) {
      const values = { 'matrix.shard': part, 'strategy.job-index': String(index), 'runner.temp': temp };
      const inputs = filled(using(shard.steps, 'org/k8s-gate@'), values);
      const run = await runAction({ ...inputs, engines: 'cel', token: writeToken }, checkout.folder, job);
      codes.push(run.code);
      expect(run.stderr).toMatch(new RegExp(`shard ${part}: .*the merge determines the verdict`));
      const upload = filled(using(shard.steps, 'actions/upload-artifact@'), {
        ...values,
        'steps.gate.outputs.shard-report': run.outputs['shard-report'] ?? '',
      });
      const folder = path.join(artifacts, upload.name ?? '');
      mkdirSync(folder, { recursive: true });
      copyFileSync(upload.path ?? '', path.join(folder, path.basename(upload.path ?? '')));
    }
    const before = server.state.repositories.get('octo/shop')?.comments.length;
    if (lost !== undefined) rmSync(path.join(artifacts, lost), { recursive: true });
    const download = filled(using(gate.steps, 'actions/download-artifact@'), { 'runner.temp': temp });
    expect(download['merge-multiple']).toBe('true');
    mkdirSync(download.path ?? '', { recursive: true });
    for (const name of readdirSync(artifacts).filter((artifact) =>
      artifact.startsWith((download.pattern ?? '').replace(/\*$/, '')),
    ))
      for (const file of readdirSync(path.join(artifacts, name)))
        copyFileSync(path.join(artifacts, name, file), path.join(download.path ?? '', file));
    const inputs = filled(using(gate.steps, 'org/k8s-gate@'), { 'runner.temp': temp });
    const merged = await runAction({ ...inputs, engines: 'cel', token: writeToken }, checkout.folder, job);
    return { codes, before, merged, comments: server.state.repositories.get('octo/shop')?.comments ?? [] };
  } finally {
    await server.close();
  }
}

describe('examples/workflows/sharded.yml', { timeout: 180_000 }, () => {
  it('makes one verdict and one comment of all parts', async () => {
    const { codes, before, merged, comments } = await runWorkflow({ 'deploy/db.yaml': named(privilegedDeployment, 'db') });
    expect(codes.toSorted()).toEqual([0, 0, 0, 1]);
    expect(before).toBe(0);
    expect(merged.outputs.verdict).toBe('block');
    expect(merged.code).toBe(1);
    expect(comments).toHaveLength(1);
    expect(merged.summary).not.toBe('');
  });

  it('is an error, and the comment names it, if the report of a part is lost', async () => {
    const { codes, merged, comments } = await runWorkflow({}, 'k8s-gate-shard-2');
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(merged.outputs.verdict).toBe('error');
    expect(merged.code).toBe(1);
    expect(comments.map(({ body }) => body).join()).toContain('shard 3/4 is missing');
  });
});

describe('the command', { timeout: 120_000 }, () => {
  it('merges what check --shard wrote', async () => {
    const { folder } = await checkOut({ base: {}, head });
    const reports = emptyFolder();
    for (const index of [1, 2]) {
      const args = [
        'check',
        'deploy',
        '--engines',
        'cel',
        '--shard',
        `${index}/2`,
        '--shard-report',
        path.join(reports, `${index}.json`),
      ];
      expect((await runGate(args, folder)).code).toBe(0);
    }
    const merge = ['merge', reports, '--path', 'deploy', '--engines', 'cel'];
    expect(await runGate(merge, folder)).toMatchObject({ code: 0 });
    rmSync(path.join(reports, '1.json'));
    const lacking = await runGate(merge, folder);
    expect(lacking).toMatchObject({ code: 2 });
    expect(lacking.stdout).toContain('shard 1/2 is missing');
  });

  it('wants both of --shard and --shard-report, and something to merge', async () => {
    const { folder } = await checkOut({ base: {}, head });
    for (const args of [['check', '--shard', '1/2'], ['check', '--shard-report', 'x'], ['merge']]) {
      const { code, stderr } = await runGate(args, folder);
      expect(code).toBe(2);
      expect(stderr).toMatch(/needs --shard|nothing to merge/);
    }
  });
});
