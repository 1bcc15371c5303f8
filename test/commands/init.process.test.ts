import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { initCommand } from '../../src/commands/init.ts';
import { createConsoleLog } from '../../src/ports/console-log.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { repository } from '../support/gate-process.ts';
import { goodDeployment } from '../support/manifests.ts';
import { noStore } from '../support/no-store.ts';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const actionlint = await installedTool('actionlint');
if (actionlint === undefined)
  console.warn('actionlint: skipped, not installed (node dist/cli/index.js engines install actionlint)');

const overlays = { 'overlays/production/web.yaml': goodDeployment, 'overlays/staging/web.yaml': goodDeployment };

/** Runs `k8s-gate init` on a repository of these files. */
async function init(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = await repository(files);
  return { folder, output: await initIn(folder, ...args) };
}

async function initIn(folder: string, ...args: readonly string[]): Promise<string> {
  let output = '';
  await initCommand.run(args, {
    cwd: folder,
    env: {},
    ports: createNodePorts({ log: createConsoleLog({ write: () => {}, debug: false }), env: {} }),
    stdout: (text) => {
      output += text;
    },
    terminal: { color: false, width: 100 },
    gateRoot: root,
    gateVersion: '1.0.0',
    openResults: noStore,
    cores: 1,
    signal: new AbortController().signal,
  });
  return output;
}

const written = (folder: string): readonly string[] => readdirSync(path.join(folder, '.github', 'workflows')).toSorted();
const read = (folder: string, name: string): string => readFileSync(path.join(folder, '.github', 'workflows', name), 'utf8');
const example = (name: string): string => readFileSync(path.join(root, 'examples', 'workflows', name), 'utf8');

describe('the workflows that init writes', () => {
  it('is the example for pull requests, where nothing else is asked', async () => {
    const { folder } = await init(overlays);
    expect(written(folder)).toEqual(['k8s-gate.yml']);
    expect(read(folder, 'k8s-gate.yml')).toBe(example('pull-request.yml'));
  });

  it('are a pair for forks, and the second waits for the first by its name', async () => {
    const { folder } = await init(overlays, '--forks');
    expect(written(folder)).toEqual(['k8s-gate-publish.yml', 'k8s-gate.yml']);
    const collect = parse(read(folder, 'k8s-gate.yml'));
    const publish = parse(read(folder, 'k8s-gate-publish.yml'));
    expect(publish.on.workflow_run.workflows).toEqual([collect.name]);
  });

  it('has a job for each environment found, and one for everything', async () => {
    const { folder } = await init({ ...overlays, 'charts/cart/values-dev.yaml': 'a: 1\n' }, '--per-environment');
    const { jobs } = parse(read(folder, 'k8s-gate.yml'));
    expect(jobs.judge.strategy.matrix.environment).toEqual(['', 'dev', 'production', 'staging']);
  });

  it('has a nightly one next to it', async () => {
    const { folder } = await init(overlays, '--schedule');
    expect(written(folder)).toEqual(['k8s-gate-nightly.yml', 'k8s-gate.yml']);
  });

  it('is for the branch that the clone knows as the default', async () => {
    const { folder } = await init({ ...overlays, '.git/refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/release/next\n' });
    expect(parse(read(folder, 'k8s-gate.yml')).on.push.branches).toEqual(['release/next']);
  });

  it('is for the branch that was named', async () => {
    const { folder } = await init(overlays, '--branch', 'trunk', '--forks');
    expect(parse(read(folder, 'k8s-gate.yml')).on.push.branches).toEqual(['trunk']);
  });
});

describe('what init refuses', () => {
  it.each([
    ['a branch that would be a pattern', ['--branch', 'release/*'], /release\/\*/],
    ['a branch that would be YAML', ['--branch', 'a]\njobs: {}'], /cannot write a workflow for the branch/],
    ['two shapes of one workflow', ['--forks', '--per-environment'], /mutually exclusive/],
  ])('%s', async (_name, args, message) => {
    const folder = await repository(overlays);
    await expect(initIn(folder, ...args)).rejects.toThrow(message);
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });

  it('a job for each environment where there is none', async () => {
    const folder = await repository({ 'web.yaml': goodDeployment });
    await expect(initIn(folder, '--per-environment')).rejects.toThrow(/no environments found/);
  });

  it('to overwrite', async () => {
    const { folder } = await init(overlays);
    await expect(initIn(folder)).rejects.toThrow(/already exist/);
  });
});

it('adds a workflow later and leaves the configuration as it is', async () => {
  const { folder } = await init({ ...overlays, '.k8s-gate.yaml': 'version: 1\n' }, '--schedule');
  expect(readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8')).toBe('version: 1\n');
  expect(written(folder)).toContain('k8s-gate-nightly.yml');
});

it('overwrites with --force', async () => {
  const { folder } = await init({ ...overlays, '.k8s-gate.yaml': 'version: 1\n' }, '--force');
  expect(parse(readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8')).environments.production.paths).toEqual([
    'overlays/production/**',
  ]);
});

it.skipIf(actionlint === undefined).each([[[]], [['--forks']], [['--per-environment', '--schedule', '--branch', 'v1.x']]])(
  'passes actionlint with %j',
  async (args) => {
    const { folder } = await init(overlays, ...args);
    mkdirSync(path.join(folder, '.git'), { recursive: true });
    writeFileSync(path.join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    const files = written(folder).map((name) => path.join(folder, '.github', 'workflows', name));
    execFileSync(actionlint?.path ?? '', files, { cwd: folder });
  },
);
