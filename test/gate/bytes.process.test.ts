import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judge } from '../shards/run.ts';
import { pullRequestChange } from '../support/changes.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

/** The gate in this process, on a folder: as the action where `runner`. */
function run(workspace: string, { runner = false, baseSha, ...raw }: Options = {}) {
  const context = { ...(baseSha !== undefined && { baseSha }), ...(runner && { change: pullRequestChange }) };
  return judge({ workspace, engines: 'cel', raw, context });
}
interface Options {
  readonly runner?: boolean;
  readonly baseSha?: string;
  readonly paths?: readonly string[];
  readonly configFile?: string;
  readonly outputs?: readonly { readonly id: string }[];
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

/** Commits exactly these bytes, and checks them out with the attributes in force. */
function commitBytes(folder: string, name: string, blob: string, attributes: string): string {
  write(folder, name, blob);
  const sha = git(folder, 'hash-object', '-w', '--no-filters', name);
  git(folder, 'update-index', '--add', '--cacheinfo', `100644,${sha},${name}`);
  write(folder, '.gitattributes', `${attributes}\n`);
  git(folder, 'add', '.gitattributes');
  git(folder, 'commit', '--quiet', '--message=x');
  rmSync(path.join(folder, name));
  git(folder, 'checkout', '--force', 'HEAD', '--', name);
  return git(folder, 'rev-parse', 'HEAD');
}

const hidden = `apiVersion: v1
kind: Pod
metadata: { name: evil, namespace: shop }
spec: {"x":"$Id:","hostPID":true,"containers":[{"name":"a","image":"registry.example.com/a:1","securityContext":{"privileged":true}}],"y":"$"}
`;

describe.each([
  ['the action', true],
  ['the command', false],
])('%s', (_what, runner) => {
  it('judges what a commit has, not what its attributes make of it in the work tree', async () => {
    const folder = repository();
    const baseSha = commit(folder, { 'web.yaml': goodDeployment });
    commitBytes(folder, 'evil.yaml', hidden, '*.yaml ident');
    expect(readFileSync(path.join(folder, 'evil.yaml'), 'utf8')).not.toContain('privileged');
    expect((await run(folder, { runner, baseSha })).verdict.outcome).toBe('block');
    expect((await run(folder, { runner })).verdict.outcome).toBe('block');
  });

  it('judges what a sparse checkout leaves out', async () => {
    const folder = repository();
    const baseSha = commit(folder, { 'web/web.yaml': goodDeployment });
    commit(folder, { 'other/api.yaml': privilegedDeployment });
    git(folder, 'sparse-checkout', 'set', 'web');
    expect((await run(folder, { runner, baseSha })).verdict.outcome).toBe('block');
  });

  it('judges a submodule that is checked out, on both sides', async () => {
    const [inner, folder] = [repository(), repository()];
    commit(inner, { 'api.yaml': privilegedDeployment });
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    const baseSha = commit(folder, { 'web.yaml': goodDeployment });
    commit(folder, { 'web.yaml': `# a note\n${goodDeployment}` });
    const { verdict } = await run(folder, { runner, baseSha });
    expect(verdict).toMatchObject({ outcome: 'block', comparison: { status: 'compared', new: 0 } });
  });

  it('reads configuration and waivers of the commit, also where there is no base', async () => {
    const folder = repository();
    commit(folder, {
      'web.yaml': privilegedDeployment,
      '.k8s-gate.yaml': 'version: 1\nexclude: [web.yaml]\nexpectManifests: false\n',
    });
    expect((await run(folder, { runner })).verdict.outcome).toBe('pass');
    write(folder, '.k8s-gate.yaml', 'version: 1\n');
    expect((await run(folder, { runner })).verdict.outcome).toBe(runner ? 'pass' : 'block');
  });

  it('reads a configuration that only the work tree has, where it is named and there is no base', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': privilegedDeployment, '.gitignore': 'mine.yaml\n' });
    write(folder, 'mine.yaml', 'version: 1\nexclude: ["*.yaml"]\nexpectManifests: false\n');
    expect((await run(folder, { runner, configFile: 'mine.yaml' })).verdict.outcome).toBe('pass');
    const elsewhere = emptyFolder();
    write(elsewhere, 'mine.yaml', 'version: 1\nexclude: ["*.yaml"]\nexpectManifests: false\n');
    const configFile = path.relative(folder, path.join(elsewhere, 'mine.yaml'));
    expect((await run(folder, { runner, configFile })).verdict.outcome).toBe('pass');
  });

  it('judges a path that git ignores, where it is named', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': goodDeployment, '.gitignore': 'out/\n' });
    write(folder, 'out/api.yaml', privilegedDeployment);
    expect((await run(folder, { runner })).verdict.outcome).not.toBe('block');
    expect((await run(folder, { runner, paths: ['out'] })).verdict.outcome).toBe('block');
  });

  it('writes reports to the work tree, and names files as it has them', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': privilegedDeployment });
    const { verdict } = await run(folder, { runner, outputs: [{ id: 'sarif' }] });
    const report = readFileSync(path.join(folder, 'k8s-gate.sarif'), 'utf8');
    expect(report).toContain('"web.yaml"');
    expect(report).not.toContain(tmpdir());
    expect(verdict.findings[0]?.finding.locations[0]?.file).toBe('web.yaml');
  });
});

describe('a step before the gate', () => {
  const config = (text: string) => ({ '.k8s-gate.yaml': `version: 1\n${text}` });

  it('changes nothing of what is judged, and what it writes is judged if the base configures it', async () => {
    const folder = repository();
    const baseSha = commit(folder, { 'web.yaml': goodDeployment, ...config('generated: [out/**]\n') });
    commit(folder, { 'api.yaml': privilegedDeployment.replaceAll('web', 'api') });
    write(folder, 'api.yaml', goodDeployment);
    expect((await run(folder, { runner: true, baseSha })).verdict.outcome).toBe('block');
    commit(folder, { 'api.yaml': goodDeployment.replaceAll('web', 'api') });
    expect((await run(folder, { runner: true, baseSha })).verdict.outcome).not.toBe('block');
    write(folder, 'out/job.yaml', privilegedDeployment.replaceAll('web', 'job'));
    expect((await run(folder, { runner: true, baseSha })).verdict.outcome).toBe('block');
  });

  it('is not let in by the change itself', async () => {
    const folder = repository();
    const baseSha = commit(folder, { 'web.yaml': goodDeployment, ...config('generated: [other.yaml]\n') });
    commit(folder, config('generated: [other.yaml, web.yaml]\n'));
    const { verdict } = await run(folder, { runner: true, baseSha });
    expect(verdict.outcome).toBe('block');
    expect(verdict.findings.map(({ finding }) => finding.title).join()).toContain('`generated` gains web.yaml');
  });
});
