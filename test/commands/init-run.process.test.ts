import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { initCommand } from '../../src/commands/init.ts';
import { judge } from '../shards/run.ts';
import { repository } from '../support/gate-process.ts';
import { runCommand } from '../support/in-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const helm = await installedTool('helm');
const noHelm = helm === undefined ? ' (skipped: no helm in the tool cache)' : '';
type Tree = Readonly<Record<string, string>>;

const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n';
const chart = (name: string, template: string): Tree => ({
  [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
  [`charts/${name}/templates/a.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: ${template} }\n`,
});

/** Runs init, answers with what it printed; the answer to its question, if it asks. */
async function initIn(folder: string, answer?: boolean, ...args: readonly string[]) {
  const asked: string[] = [];
  const ask = (question: string) => {
    asked.push(question);
    return Promise.resolve(answer === true);
  };
  const { code, stdout: said } = await runCommand(initCommand, args, folder, answer === undefined ? {} : { ask });
  expect(code).toBe(0);
  return { said, asked, config: readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8') };
}

const first = async (folder: string) => (await judge({ workspace: folder, engines: 'cel,schema' })).verdict;

describe('init runs the gate and', () => {
  it('excludes what cannot be evaluated and folders of tests, with the reason, so that the first run is not an error', async () => {
    const folder = await repository({
      'web.yaml': goodDeployment,
      'old/a.yaml': broken,
      'test/e2e/pod.yaml': privilegedDeployment,
    });
    const { said, config } = await initIn(folder);
    expect(parse(config).exclude).toEqual(['test/e2e/**', 'old/a.yaml']);
    expect(config).toMatch(/# Cannot be evaluated: old\/a\.yaml:\d+: .*\n {2}- "old\/a\.yaml"/);
    expect(said).toContain('Excluded old/a.yaml. Cannot be evaluated');
    expect((await first(folder)).outcome).not.toBe('error');
  });

  it.skipIf(helm === undefined)(`finds the values of a chart outside of its folder${noHelm}`, async () => {
    const folder = await repository({
      ...chart('api', '{{ required "region is required" .Values.region | quote }}'),
      ...chart('cart', '{{ .Values.x.y.z | quote }}'),
      'envs/production/api-values.yaml': 'region: eu\n',
      'envs/staging/api-values.yaml': 'region: us\n',
    });
    const { config } = await initIn(folder);
    expect(parse(config).helm.charts).toEqual([
      {
        path: 'charts/api',
        releases: [
          { environment: 'production', values: ['../../envs/production/api-values.yaml'] },
          { environment: 'staging', values: ['../../envs/staging/api-values.yaml'] },
        ],
      },
    ]);
    expect(parse(config).exclude).toEqual(['charts/cart/**']);
    const verdict = await first(folder);
    expect(verdict.errors).toEqual([]);
    expect(verdict.totals.resources).toBe(2);
  });

  it.each<[string, boolean | undefined, readonly string[], boolean | undefined]>([
    ['on a terminal, and yes', true, [], undefined],
    ['on a terminal, and no', false, [], true],
    ['on a terminal with --yes, which does not ask', true, ['--yes'], true],
    ['without a terminal, where nobody can be asked', undefined, [], true],
  ])('asks whether existing findings block: %s', async (_where, answer, args, onlyNew) => {
    const folder = await repository({ 'web.yaml': privilegedDeployment });
    const { asked, config } = await initIn(folder, answer, ...args);
    expect(asked).toHaveLength(answer === undefined || args.length > 0 ? 0 : 1);
    expect(parse(config).onlyNew).toBe(onlyNew);
  });

  it('leaves out an environment that nothing deployed belongs to', async () => {
    const folder = await repository({ 'production/web.yaml': goodDeployment, 'test/e2e/pod.yaml': privilegedDeployment });
    const { config } = await initIn(folder);
    expect(Object.keys(parse(config).environments)).toEqual(['production']);
    expect((await first(folder)).outcome).toBe('pass');
  });

  it('does not ask where nothing blocks', async () => {
    const { asked, config } = await initIn(await repository({ 'web.yaml': goodDeployment }), true);
    expect(asked).toEqual([]);
    expect(parse(config).onlyNew).toBeUndefined();
  });

  it('expects an empty repository to be empty, but not one where all is excluded', async () => {
    expect(parse((await initIn(await repository({ 'readme.md': 'a' }))).config).expectManifests).toBe(false);
    const { said, config } = await initIn(await repository({ 'a.yaml': broken }));
    expect(parse(config).expectManifests).toBeUndefined();
    expect(said).toContain('Not solved; the first run will be an error: no files found; expected at least one manifest');
  });

  it('expects a repository whose only manifests are those of tests to be empty', async () => {
    const folder = await repository({ 'src/fixtures/pod.yaml': privilegedDeployment });
    expect(parse((await initIn(folder)).config)).toMatchObject({ exclude: ['src/fixtures/**'], expectManifests: false });
    expect((await first(folder)).outcome).not.toBe('error');
  });

  it('does not run where the configuration exists', async () => {
    const folder = await repository({ 'old/a.yaml': broken, '.k8s-gate.yaml': 'version: 1\n' });
    const { said, config } = await initIn(folder, true);
    expect(config).toBe('version: 1\n');
    expect(said).not.toContain('Excluded');
    expect(existsSync(path.join(folder, '.github/workflows/k8s-gate.yml'))).toBe(true);
  });
});

it('the pull request that adds what init wrote is not blocked', async () => {
  const files = { 'web.yaml': privilegedDeployment, 'old/a.yaml': broken };
  const folder = await repository(files);
  const { config } = await initIn(folder);
  const workflow = readFileSync(path.join(folder, '.github/workflows/k8s-gate.yml'), 'utf8');
  const change = await checkOut({ base: files, head: { '.k8s-gate.yaml': config, '.github/workflows/k8s-gate.yml': workflow } });
  const { verdict } = await judge({ workspace: change.folder, engines: 'cel,schema', context: { baseSha: change.baseSha } });
  expect(verdict.outcome).toBe('warn');
  expect(verdict.errors).toEqual([]);
});
