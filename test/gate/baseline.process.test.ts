import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { baselineCommand } from '../../src/commands/baseline.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge } from '../shards/run.ts';
import { commit, repository } from '../support/git-repository.ts';
import { runCommand } from '../support/in-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

type Tree = Readonly<Record<string, string>>;
const file = '.k8s-gate/baseline.yaml';
const old: Tree = { 'web.yaml': privilegedDeployment };
const configured: Tree = { '.k8s-gate.yaml': 'version: 1\n' };
const api: Tree = { 'api.yaml': privilegedDeployment.replaceAll('web', 'api') };
const otherImage = privilegedDeployment.replace('shop/web:2.4.1', 'evil:1');
const sidecar = privilegedDeployment.replace(
  '      containers:\n',
  '      containers:\n        - { name: evil, image: registry.example.com/evil:1, securityContext: { privileged: true } }\n',
);

async function baseline(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, log } = await runCommand(
    baselineCommand,
    ['--engines', 'cel', '--cache-dir', emptyFolder(), ...args],
    folder,
  );
  if (code !== 0) throw new Error(log);
  return stdout;
}

function folderOf(files: Tree): string {
  const folder = repository();
  commit(folder, files);
  return folder;
}

/** The file that the command writes for these manifests. */
async function written(files: Tree, ...args: readonly string[]): Promise<string> {
  const folder = folderOf(files);
  await baseline(folder, ...args);
  return readFileSync(path.join(folder, file), 'utf8');
}

async function changed(base: Tree, head: Tree): Promise<Verdict> {
  const { folder, baseSha } = await checkOut({ base, head });
  return (await judge({ workspace: folder, engines: 'cel', context: { baseSha } })).verdict;
}
const check = async (folder: string) => (await judge({ workspace: folder, engines: 'cel' })).verdict;
const ruled = ({ findings }: Verdict, action: string) =>
  findings.filter((judged) => judged.action === action).map(({ finding: { rule } }) => rule);

describe('k8s-gate baseline', () => {
  it('accepts what is there, in a run without a base as well, and names nothing else', async () => {
    const folder = folderOf(old);
    expect(await baseline(folder)).toContain('added, 0 removed');
    const verdict = await check(folder);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toContain('existing finding');
    expect(verdict.accepted).toMatchObject({ unused: [], expired: [] });
  });

  it('survives a moved file and other lines', async () => {
    const folder = folderOf(old);
    await baseline(folder);
    rmSync(path.join(folder, 'web.yaml'));
    commit(folder, { 'moved/app.yaml': `# a note\n# another\n${privilegedDeployment}` });
    expect((await check(folder)).outcome).toBe('pass');
  });

  it('keeps entries and their dates, adds what is new, and prunes what is fixed', async () => {
    const folder = folderOf({ ...old, ...api });
    await baseline(folder, '--expires', '2099-01-31');
    const first = readFileSync(path.join(folder, file), 'utf8');
    expect(first.match(/expires: 2099-01-31/g)).toHaveLength(first.match(/- rule/g)?.length ?? 0);
    expect(await baseline(folder)).toContain('is unchanged');
    writeFileSync(path.join(folder, 'web.yaml'), goodDeployment);
    const { accepted } = await check(folder);
    expect(accepted?.unused.map(({ resources }) => resources.join())).toContain('Deployment shop/web');
    expect(await baseline(folder)).toContain('is unchanged');
    expect(await baseline(folder, '--prune')).toMatch(/0 added, [1-9]\d* removed/);
    const left = readFileSync(path.join(folder, file), 'utf8');
    expect(left).not.toContain('shop/web');
    expect(left).toContain('expires: 2099-01-31');
  });

  it('writes nothing where nothing blocks, or where there is an error', async () => {
    const clean = folderOf({ 'web.yaml': goodDeployment });
    expect(await baseline(clean)).toContain('Nothing to accept');
    expect(existsSync(path.join(clean, file))).toBe(false);
    const broken = folderOf({ ...old, 'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n' });
    await expect(baseline(broken)).rejects.toThrow('nothing was written');
    expect(existsSync(path.join(broken, file))).toBe(false);
  });
});

describe('a baseline by rules of an organization', () => {
  it('has no entry for a rule that nobody may accept, and the command names it', async () => {
    const settings = 'version: 1\nwaivers: { never: ["cel/priv*"] }\n';
    const config = 'version: 1\nextends: org/settings.yaml\nexclude: [org/**]\n';
    const folder = folderOf({ ...old, '.k8s-gate.yaml': config, 'org/settings.yaml': settings });
    const text = await baseline(folder);
    expect(text).toContain('1 finding has no entry: the organization allows nobody to accept cel/priv* (cel/privileged).');
    expect(existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : '').not.toContain(
      'cel/privileged',
    );
  });
});

describe('a baseline of the base', () => {
  it('accepts nothing of a rule that the organization allows nobody to waive, and is reported', async () => {
    const organization: Tree = {
      '.k8s-gate.yaml': 'version: 1\nextends: org/settings.yaml\nexclude: [org/**]\n',
      'org/settings.yaml': 'version: 1\nwaivers: { never: [cel/privileged] }\n',
    };
    const accepted = { ...old, [file]: await written(old) };
    expect((await changed({ ...configured, ...accepted }, { 'README.md': 'x' })).outcome).toBe('pass');
    const verdict = await changed({ ...organization, ...accepted }, { 'README.md': 'x' });
    expect(ruled(verdict, 'block')).toEqual(['privileged']);
    expect(verdict.findings.map(({ finding: { title } }) => title)).toContainEqual(
      expect.stringMatching(/^the baseline entry for cel\/privileged accepts nothing: .*`waivers` of org\/settings\.yaml/),
    );
  });

  it.each<[string, Tree, string]>([
    ['another resource', api, 'Deployment shop/api'],
    ['another container', { 'web.yaml': sidecar }, 'Deployment shop/web'],
    ['another image in the container', { 'web.yaml': otherImage }, 'Deployment shop/web'],
  ])('does not accept the finding in %s', async (_what, head, resource) => {
    const verdict = await changed({ ...configured, ...old, [file]: await written(old) }, head);
    const blocked = verdict.findings.filter(({ action }) => action === 'block');
    expect(blocked.map(({ finding }) => finding.resources.join())).toEqual([resource]);
  });

  it('accepts what it was written for', async () => {
    const verdict = await changed({ ...configured, ...old, [file]: await written(old) }, { 'a.md': 'a' });
    expect(verdict.outcome).toBe('pass');
  });
});

describe('a change of the baseline', () => {
  it('accepts nothing in the change that makes it, with its configuration and manifests, and is reported', async () => {
    const head = { ...api, '.k8s-gate.yaml': 'version: 1\nonlyNew: true\n', [file]: await written({ ...old, ...api }) };
    const verdict = await changed({ ...configured, ...old, [file]: await written(old) }, head);
    expect(ruled(verdict, 'block').toSorted()).toEqual(['config-loosened', 'privileged']);
    expect(ruled(verdict, 'warn')).toContain('baseline-added');
  });

  it('accepts nothing where the base has a configuration and no baseline', async () => {
    const verdict = await changed({ ...configured, ...old }, { [file]: await written(old) });
    expect(ruled(verdict, 'block')).toEqual(['privileged']);
    expect(ruled(verdict, 'warn')).toContain('baseline-added');
  });

  it('accepts what the base has, and nothing else, where it adds the first baseline and configuration', async () => {
    const first = await changed(old, { ...configured, [file]: await written(old) });
    expect(first.outcome).toBe('warn');
    expect(ruled(first, 'warn')).toEqual(['baseline-added']);
    const evil = await changed(old, { ...configured, ...api, [file]: await written({ ...old, ...api }) });
    expect(ruled(evil, 'block')).toEqual(['privileged']);
    const swapped = await changed(old, {
      ...configured,
      'web.yaml': otherImage,
      [file]: await written({ 'web.yaml': otherImage }),
    });
    expect(ruled(swapped, 'block')).toEqual(['privileged']);
  });

  it('blocks where the gate could not read it', async () => {
    const verdict = await changed({ 'web.yaml': goodDeployment }, { [file]: 'version: 1\nfindings: all\n' });
    expect(ruled(verdict, 'block')).toEqual(['config-broken']);
  });

  it('is an error under a name that is nearly right', async () => {
    const folder = folderOf({ ...old, '.k8s-gate/baseline.yml': 'version: 1\nfindings: []\n' });
    await expect(check(folder)).rejects.toThrow('git mv .k8s-gate/baseline.yml .k8s-gate/baseline.yaml');
    execFileSync('git', ['-C', folder, 'mv', '.k8s-gate/baseline.yml', file]);
    expect((await check(folder)).outcome).toBe('block');
  });
});
