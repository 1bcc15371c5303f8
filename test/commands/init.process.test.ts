import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { initCommand } from '../../src/commands/init.ts';
import { judge } from '../shards/run.ts';
import { commandContext } from '../support/command-context.ts';
import { repository } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
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

/** Without running the gate, which `init-run.process.test.ts` is about. */
async function initIn(folder: string, ...args: readonly string[]): Promise<string> {
  const { context, printed } = commandContext(folder);
  await initCommand.run(['--no-run', ...args], context);
  return printed();
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

describe('the configuration that init writes for pointers', () => {
  const application = (name: string, destination: string, source: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${name}, namespace: argocd }\nspec:\n  project: default\n  destination: { ${destination} }\n  source: { repoURL: https://git.example/shop, ${source} }\n`;
  const web = { 'web/deployment.yaml': privilegedDeployment };
  const config = (folder: string): string => readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8');

  it('has the environment that a destination names, with the reason, and the gate judges by it', async () => {
    const { folder } = await init({ ...web, 'apps/web.yaml': application('web', 'name: eu-production', 'path: web') });
    expect(config(folder)).toContain(
      '    paths:\n      - "apps/web.yaml" # Application argocd/web (apps/web.yaml:1) deploys folder web; cluster eu-production\n',
    );
    const { verdict } = await judge({ workspace: folder, engines: 'cel' });
    const [worst] = verdict.findings;
    expect(worst).toMatchObject({ action: 'block', finding: { environments: ['production'] } });
  });

  it.each<[string, Readonly<Record<string, string>>, unknown]>([
    [
      'a namespace, wherever the pointer is',
      { 'apps/all.yaml': application('a', 'namespace: web-staging', 'path: web') },
      { staging: { namespaces: ['web-staging'] } },
    ],
    [
      'a values file',
      {
        'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
        'charts/shop/envs/qa/extra.yaml': 'a: 1\n',
        'apps/a.yaml': application('a', 'namespace: web', 'path: charts/shop, helm: { valueFiles: [envs/qa/extra.yaml] }'),
      },
      { qa: { paths: ['charts/shop/envs/qa/**', 'apps/a.yaml'] } },
    ],
    [
      'a kustomization that its pointer is part of',
      {
        'apps/kustomization.yaml': 'resources: [a.yaml]\n',
        'apps/a.yaml': application('a', 'name: dev', 'path: web'),
      },
      { dev: { paths: ['apps/**'] } },
    ],
    [
      'the word that a folder is named by',
      { 'overlays/production/a.yaml': goodDeployment, 'apps/a.yaml': application('a', 'name: prod-eu', 'path: web') },
      { production: { paths: ['overlays/production/**', 'apps/a.yaml'], severity: { high: 'block' } } },
    ],
    [
      'a folder that holds the pointer already',
      { 'clusters/staging/a.yaml': application('a', 'name: staging', 'path: web') },
      { staging: { paths: ['clusters/staging/**'] } },
    ],
  ])('has environments by %s', async (_what, files, environments) => {
    const { folder } = await init({ ...web, ...files });
    expect(parse(config(folder)).environments).toEqual(environments);
  });

  it('names pointers of several environments in one file, and what is deployed from elsewhere', async () => {
    const remote = 'chart: redis, targetRevision: 18.0.0';
    const both = [application('a', 'name: staging', 'path: web'), application('b', 'name: production', remote)];
    const { folder } = await init({ ...web, 'apps/all.yaml': both.join('---\n') });
    const text = config(folder);
    expect(parse(text).environments).toBeUndefined();
    expect(text).toContain('# Not in an environment: Application argocd/a (apps/all.yaml:1). Give the pointers');
    expect(text).toMatch(
      /^# {3}chart redis 18\.0\.0 of https:\/\/git\.example\/shop: Application argocd\/b \(apps\/all\.yaml:9\)$/m,
    );
  });

  it('does not fail for files that cannot be read, and lets no name end a comment', async () => {
    const named = application('a', 'name: "production\\nenvironments: {}"', 'path: web');
    const { folder } = await init({
      ...web,
      'apps/a.yaml': named,
      'apps/b.yaml': 'kind: Application\n\tx: [',
      'c.yaml': '{{ x }}',
    });
    expect(parse(config(folder)).environments.production.paths).toEqual(['apps/a.yaml']);
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
});

it('leaves everything as it is where everything exists', async () => {
  const { folder } = await init(overlays);
  writeFileSync(path.join(folder, '.k8s-gate.yaml'), '# mine\nversion: 1\n');
  expect(await initIn(folder)).toContain('Nothing to write');
  expect(readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8')).toBe('# mine\nversion: 1\n');
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
