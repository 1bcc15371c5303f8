import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runAction, runGate } from '../support/gate-process.ts';
import { serveGit } from '../support/git-server.ts';
import { stopServers } from '../support/loopback.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut, pullRequestEvent } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(() => {
  stopServers();
  removeTempFolders();
});

const cel = ['check', '--engines', 'cel'];
const old = { base: { 'web.yaml': privilegedDeployment }, head: { 'web.yaml': `# a note\n${privilegedDeployment}` } };
const config = `version: 1
environments:
  production: { paths: [production/**], severity: { medium: block } }
  staging: { paths: [staging/**] }
`;
const medium = goodDeployment.replace('allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true');

/** A policy that refuses every Deployment; bound in the same file. */
const policy = (name: string, expression = 'object.spec.replicas > 99') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: ${name}, annotations: { k8s-gate.io/severity: critical } }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations: [{ expression: '${expression}', message: too few }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: ${name} }
spec: { policyName: ${name}, validationActions: [Deny] }
`;

describe('check --base', () => {
  it('tells old findings from new', async () => {
    const { folder } = await checkOut(old);
    const run = await runGate([...cel, '--base', 'main'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/0 new, .*unchanged/);
  });

  it('lets old findings pass with --only-new', async () => {
    const { folder } = await checkOut(old);
    expect((await runGate([...cel, '--base', 'main', '--only-new'], folder)).code).toBe(0);
  });

  it('judges what is not committed yet', async () => {
    const { folder } = await checkOut({ base: old.base, head: {} });
    writeFileSync(path.join(folder, 'api.yaml'), privilegedDeployment.replaceAll('web', 'api'));
    const run = await runGate([...cel, '--base', 'HEAD', '--only-new'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('container api is privileged');
  });

  it('reports a name that is not a commit', async () => {
    const { folder } = await checkOut(old);
    const run = await runGate([...cel, '--base', 'origin/main'], folder);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('`origin/main` names no commit');
  });

  it('judges by the policies of the base, and takes new ones for neither policies nor manifests', async () => {
    const files = { 'web.yaml': goodDeployment };
    const brought = await checkOut({ base: files, head: { '.k8s-gate/policies/a.yaml': policy('brought') } });
    expect((await runGate([...cel, '--base', 'main'], brought.folder)).code).toBe(0);
    const met = await checkOut({ base: { ...files, '.k8s-gate/policies/a.yaml': policy('met') }, head: { 'b.txt': '' } });
    rmSync(path.join(met.folder, '.k8s-gate'), { recursive: true });
    const run = await runGate([...cel, '--base', 'main'], met.folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('cel/met');
    expect(run.stdout).toContain('gate/policy-removed');
  });

  it('previews what changed policies would refuse, by environment, and still passes', async () => {
    const environments = `version: 1\nenvironments:\n  production: { paths: [production/**] }\n  staging: { paths: [staging/**] }\n`;
    const base = { '.k8s-gate.yaml': environments, 'production/web.yaml': goodDeployment };
    const { folder } = await checkOut({ base, head: { '.k8s-gate/policies/a.yaml': policy('replicas') } });
    const run = await runGate([...cel, '--base', 'main'], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('the policies of this change would report 1 new finding (1 in production)');
    expect(run.stdout).toMatch(/New findings once the changed policies are merged \(1\)[\s\S]*cel\/replicas/);
  });

  it.each([
    ['does not parse', 'kind: [\n'],
    ['does not compile', policy('broken', 'object.spec.replicas >')],
  ])('blocks a policy that %s, which would stop the gate once merged', async (_what, text) => {
    const { folder } = await checkOut({ base: { 'web.yaml': goodDeployment }, head: { '.k8s-gate/policies/a.yaml': text } });
    const run = await runGate([...cel, '--base', 'main'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('gate/config-broken');
  });

  it('blocks a configuration that is renamed to what nothing reads', async () => {
    const base = { '.k8s-gate.yaml': config, 'production/web.yaml': goodDeployment };
    const { folder } = await checkOut({ base, head: {} });
    renameSync(path.join(folder, '.k8s-gate.yaml'), path.join(folder, '.k8s-gate.yml'));
    const run = await runGate([...cel, '--base', 'main'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/\.k8s-gate\.yml:1 .*gate\/config-broken/);
  });

  it('lets a change give a configuration the name that is read', async () => {
    const base = { '.k8s-gate.yml': 'version: 1\n', 'web.yaml': goodDeployment };
    const { folder } = await checkOut({ base, head: { 'web.yaml': `# a note\n${goodDeployment}` } });
    expect((await runGate([...cel, '--base', 'main'], folder)).code).toBe(2);
    renameSync(path.join(folder, '.k8s-gate.yml'), path.join(folder, '.k8s-gate.yaml'));
    expect((await runGate([...cel, '--base', 'main'], folder)).code).toBe(0);
  });

  it('blocks what leaves an environment by a moved folder, whose policy blocked it', async () => {
    const base = { '.k8s-gate.yaml': config, 'production/web.yaml': medium };
    const { folder } = await checkOut({ base, head: {} });
    expect((await runGate([...cel, '--base', 'main'], folder)).code).toBe(1);
    renameSync(path.join(folder, 'production'), path.join(folder, 'moved'));
    const run = await runGate([...cel, '--base', 'main'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('Deployment shop/web leaves the environment production');
  });

  it('calls a setting that applies to nothing old where the base has it, too', async () => {
    const { folder } = await checkOut({ base: { '.k8s-gate.yaml': config, 'web.yaml': goodDeployment }, head: {} });
    const report = JSON.parse((await runGate([...cel, '--base', 'main', '-o', 'json=-'], folder)).stdout);
    const unused = report.findings.filter((finding: { rule: string }) => finding.rule === 'setting-unused');
    expect(unused.map((finding: { state: string }) => finding.state)).toEqual(['unchanged', 'unchanged']);
  });

  it('lets a change remove a chart that the configuration of the base names', async () => {
    const chart = { 'charts/a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' };
    const named = { '.k8s-gate.yaml': 'version: 1\npaths: [deploy, charts/a]\nhelm: { charts: [{ path: charts/a }] }\n' };
    const { folder } = await checkOut({ base: { ...chart, ...named, 'deploy/web.yaml': goodDeployment }, head: { 'b.txt': '' } });
    rmSync(path.join(folder, 'charts'), { recursive: true });
    expect(await runGate([...cel, '--base', 'main'], folder)).toMatchObject({ code: 0 });
  });
});

describe('a pull request', () => {
  it('is an error where its base itself is checked out', async () => {
    const checkout = await checkOut(old);
    execFileSync('git', ['-C', checkout.folder, 'switch', '--quiet', '--detach', checkout.baseSha]);
    const run = await runAction({ engines: 'cel' }, checkout.folder, { event: pullRequestEvent(checkout) });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('is checked out instead of the change');
  });

  it('is an error if its base is not available', async () => {
    const checkout = { ...(await checkOut(old)), baseSha: 'c'.repeat(40) };
    const run = await runAction({ engines: 'cel' }, checkout.folder, { event: pullRequestEvent(checkout) });
    expect(run.outputs.verdict).toBe('error');
    expect(run.stdout).toContain('fetch-depth: 0');
  });

  it('has its base fetched by its SHA into a shallow clone, from GitHub and not from what the clone names', async () => {
    const origin = await checkOut(old);
    execFileSync('git', ['-C', origin.folder, 'branch', 'merged', origin.mergeSha]);
    const { folder } = await checkOut({ base: {}, head: {} });
    const clone = path.join(folder, 'clone');
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--branch', 'merged', `file://${origin.folder}`, clone]);
    execFileSync('git', ['-C', clone, 'remote', 'set-url', 'origin', 'http://127.0.0.1:1/']);
    const server = await serveGit(origin.folder);
    const job = { event: pullRequestEvent(origin), env: { GITHUB_SERVER_URL: server.url } };
    const run = await runAction({ engines: 'cel', 'only-new': 'true' }, clone, job);
    expect(run.outputs).toMatchObject({ verdict: 'pass', new: '0' });
  });

  it('runs nothing of a repository that the change brings in the judged folder, and takes no base from it', async () => {
    const checkout = await checkOut({
      base: { 'app/a.yaml': goodDeployment },
      head: {
        'app/a.yaml': privilegedDeployment,
        'app/HEAD': 'ref: refs/heads/main\n',
        'app/objects/.k': '',
        'app/refs/.k': '',
        'app/config': '[core]\n\tbare = true\n[remote "origin"]\n\turl = .\n\tuploadpack = touch ran; sh ./up.sh\n',
        'app/up.sh': 'env >ran\n',
      },
    });
    const inputs = { engines: 'cel', 'working-directory': 'app', token: 'secret' };
    const seen = await runAction(inputs, checkout.folder, { event: pullRequestEvent(checkout) });
    expect(seen.outputs).toMatchObject({ verdict: 'block' });
    const missing = { ...checkout, baseSha: 'c'.repeat(40) };
    const run = await runAction(inputs, checkout.folder, {
      event: pullRequestEvent(missing),
      env: { GITHUB_SERVER_URL: 'http://127.0.0.1:1' },
    });
    expect(run.outputs).toMatchObject({ verdict: 'error' });
    expect(existsSync(path.join(checkout.folder, 'app/ran'))).toBe(false);
  });
});

describe('--environment', () => {
  const files = {
    '.k8s-gate.yaml': config,
    'production/web.yaml': medium,
    'staging/api.yaml': privilegedDeployment.replaceAll('web', 'api'),
    'shared/job.yaml': goodDeployment.replaceAll('web', 'job'),
  };

  it('judges what belongs to it and what belongs to none, and reports what it left out', async () => {
    const { folder } = await checkOut({ base: files, head: {} });
    const run = await runGate([...cel, '--environment', 'production', '-o', 'json=-'], folder);
    expect(run.code).toBe(1);
    expect(run.stdout).not.toContain('Deployment shop/api');
    expect(run.stdout).toContain('Deployment shop/web');
    expect(run.stdout).toContain('Deployment shop/job');
    expect(run.stdout).toContain('1 of them not of production');
  });

  it('names the environment that a typo meant', async () => {
    const { folder } = await checkOut({ base: files, head: {} });
    const run = await runGate([...cel, '--environment', 'prodution'], folder);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('`production`');
  });
});
