import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { installedTool } from './support/tools.ts';
import { installedZizmor } from './support/zizmor/zizmor.ts';

const root = path.join(import.meta.dirname, '..');
const zizmorConfig = path.join('examples', 'workflows', 'zizmor.yml');

const actionlint = await installedTool('actionlint');
if (actionlint === undefined)
  console.warn('actionlint: skipped, not installed (node dist/cli/index.js engines install actionlint)');
const zizmor = installedZizmor();
if (zizmor === undefined) console.warn('zizmor: skipped, not installed (bash test/support/zizmor/install.sh)');

/** Every workflow we run or hand out, relative to the repository. */
const workflows = ['.github/workflows', 'examples/workflows']
  .flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)))
  .filter((file) => file !== zizmorConfig);
const run = (tool: string, args: readonly string[]) => {
  // Without the network and without the token of the machine the answer is the same everywhere.
  const { status, stdout, stderr } = spawnSync(tool, args, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  });
  return { status, output: stdout + stderr };
};

it.skipIf(actionlint === undefined)('actionlint finds nothing', () => {
  expect(run(actionlint?.path ?? '', workflows)).toEqual({ status: 0, output: '' });
});

it.skipIf(zizmor === undefined)('zizmor finds nothing, be it pedantic', () => {
  const args = ['--offline', '--no-progress', '--quiet', '--persona=pedantic', '--strict-collection', '--config', zizmorConfig];
  const { status, output } = run(zizmor ?? '', [...args, ...workflows]);
  expect(output).toContain('No findings to report');
  expect(status).toBe(0);
});

interface Workflow {
  readonly on: Readonly<Record<string, { readonly paths?: unknown; readonly 'paths-ignore'?: unknown } | null>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

describe.each(workflows)('%s', (file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it('pins every action by a full commit SHA and names the version', () => {
    const uses = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    // Of the gate itself, the reader picks the commit; ours is the checkout's.
    const pinned = /uses: (org\/k8s-gate@v1|\.\/ # zizmor: ignore\[self-repository\] .+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
    const unpinned = uses.filter((line) => !pinned.test(line));
    expect(unpinned).toEqual([]);
  });

  it('grants nothing to all jobs, and to each job by name', () => {
    expect(workflow.permissions).toEqual({});
    for (const job of jobs) expect(job.permissions).toBeDefined();
  });

  it('ends: every job has a time limit, and runs are grouped', () => {
    for (const job of jobs) expect(job['timeout-minutes']).toBeGreaterThan(0);
    expect(workflow.concurrency).toBeDefined();
  });

  it('never works on a stranger’s files with a token that can write', () => {
    expect(text).not.toContain('pull_request_target');
    if ('workflow_run' in workflow.on) expect(text).not.toContain('actions/checkout');
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect({ 'fetch-depth': 1, ...step.with }).toEqual({ 'persist-credentials': false, 'fetch-depth': expect.any(Number) });
  });

  it('reports on every change: a required check with a path filter would wait forever', () => {
    for (const trigger of Object.values(workflow.on)) expect(Object.keys(trigger ?? {}).join()).not.toContain('paths');
  });

  it('gives the gate only inputs that it has', () => {
    const { inputs }: { readonly inputs: Readonly<Record<string, unknown>> } = parse(
      readFileSync(path.join(root, 'action.yml'), 'utf8'),
    );
    const given = steps
      .filter(({ uses = '' }) => /^(org\/k8s-gate@|\.\/$)/.test(uses))
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(given.filter((name) => !(name in inputs))).toEqual([]);
  });
});
