import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commit, git } from '../support/git-repository.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const privileged = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: "registry.example.com/web:1.0.0", securityContext: { privileged: true } }
`;
const doubled = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { color: red }
data: { color: blue }
`;
const empty = 'Before.\n\n<!-- begin table: made by npm run real -->\nold rows\n<!-- end table -->\n\nAfter.\n';

interface Listed {
  readonly name: string;
  readonly paths?: readonly string[];
}

/** Clones of these, by name, with a list and a page next to them. */
function world(files: Readonly<Record<string, Readonly<Record<string, string>>>>, listed: readonly Listed[]) {
  const folder = emptyFolder();
  const commits = Object.entries(files).map(([name, own]) => {
    const clone = path.join(folder, name);
    mkdirSync(clone, { recursive: true });
    git(clone, 'init', '--quiet', '--initial-branch=main');
    return [name, commit(clone, own)] as const;
  });
  const [list, page] = [path.join(folder, 'list.json'), path.join(folder, 'page.md')];
  writeFileSync(list, JSON.stringify({ repositories: listed.map((one) => ({ kind: 'a test', ...one })) }));
  writeFileSync(page, empty);
  const run = (...args: readonly string[]) => {
    const script = path.join(root, 'scripts', 'real-repositories.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder, '--list', list, '--page', page, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr, page: readFileSync(page, 'utf8') };
  };
  return { folder, commits: Object.fromEntries(commits), run };
}

const row = (page: string, name: string): readonly string[] =>
  (page.split('\n').find((line) => line.startsWith(`| [${name}]`)) ?? '').split('|').map((cell) => cell.trim());

describe('the page', () => {
  const page = readFileSync(path.join(root, 'docs/real-repositories.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const name = /^\[([^\]]+)\]/.exec(cells[1] ?? '')?.[1];
    return name === undefined ? [] : [{ name, verdict: cells[3], faults: Number(cells[7]) }];
  });

  it('holds at least 15 repositories, of which nine in ten get a verdict', () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
    const judged = rows.filter(({ verdict = '' }) => ['pass', 'warn', 'block'].includes(verdict));
    expect(judged.length).toBeGreaterThanOrEqual(rows.length * 0.9);
    expect(page).toContain(`${judged.length} of ${rows.length} repositories get a verdict other than \`error\``);
  });

  it('holds those of the list, and among them every kind that was asked for', () => {
    const { repositories } = JSON.parse(readFileSync(path.join(root, 'scripts/real-repositories.json'), 'utf8'));
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(repositories.map((one: { readonly name: string }) => one.name));
    expect(names).toEqual(
      expect.arrayContaining([
        'prometheus-operator/kube-prometheus',
        'argoproj/argo-cd',
        'istio/istio',
        'kubernetes/ingress-nginx',
        'cert-manager/cert-manager',
        'GoogleCloudPlatform/microservices-demo',
        'prometheus-community/helm-charts',
        'kubernetes/examples',
      ]),
    );
  });

  it('names the place of every fault and what to do', () => {
    for (const { name, faults } of rows.filter((one) => one.faults > 0)) {
      const section = page.split(`\n### ${name}\n`)[1]?.split('\n### ')[0] ?? '';
      const listed = [...(section.split('\nErrors:\n')[1] ?? '').trimStart().matchAll(/^\* (\d+) × (.*)$/gm)].slice(0, faults);
      expect(listed.length, name).toBeGreaterThan(0);
      for (const [, count, text = ''] of listed.filter(([, , text]) => /^[A-Z_]+: /.test(text ?? ''))) {
        expect(Number(count)).toBeGreaterThan(0);
        expect(text).toMatch(/^[A-Z_]+: .* \((?:such as )?`[^`]+:\d+`\)\. [A-Z]/);
      }
    }
  });
});

describe('judged by the gate itself', () => {
  it('writes verdict, counts and faults of each between the markers', () => {
    const { commits, folder, run } = world(
      {
        'octo/shop': { 'deploy/pod.yaml': privileged },
        'octo/broken': { 'app/settings.yaml': doubled, 'not/judged.yaml': privileged },
      },
      [{ name: 'octo/shop' }, { name: 'octo/broken', paths: ['app'] }],
    );
    const { status, stderr, page } = run();
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^octo\/shop: block in \d+ s\nocto\/broken: error in \d+ s\n$/)]);
    expect(page).toMatch(/^Before\.\n\n<!-- begin table[\s\S]*<!-- end table -->\n\nAfter\.\n$/);
    expect(page).not.toContain('old rows');
    expect(page).toContain('1 of 2 repositories get a verdict other than `error` (50 %); 1 have no error at all.');
    expect(row(page, 'octo/shop').slice(2, 6)).toEqual(['all', 'block', '1', '1']);
    expect(row(page, 'octo/broken').slice(2, 8)).toEqual(['`app`', 'error', '0', '0', '0 / 0 / 0', '1']);
    expect(page).toMatch(/\* 1 × MANIFEST_INVALID: .*\(`app\/settings\.yaml:5`\)\. [A-Z]/);
    expect(page).toContain(`https://github.com/octo/shop/tree/${commits['octo/shop']}`);
    // Reports go elsewhere: a file in a clone would be judged, and make the next run refuse it.
    expect(git(path.join(folder, 'octo/shop'), 'status', '--porcelain')).toBe('');
  });
});

describe('what it refuses', () => {
  const pod = { 'octo/shop': { 'pod.yaml': privileged } };

  it('a clone that is not as its commit', () => {
    const { folder, run } = world(pod, [{ name: 'octo/shop' }]);
    writeFileSync(path.join(folder, 'octo/shop/new.yaml'), doubled);
    expect(run()).toMatchObject({ status: 1, page: empty, stderr: expect.stringContaining('octo/shop has changes') });
  });

  it('a repository that is not cloned, before any is judged', () => {
    const { run } = world(pod, [{ name: 'octo/shop' }, { name: 'octo/absent' }]);
    expect(run()).toMatchObject({
      status: 1,
      page: empty,
      stderr: expect.stringContaining('not cloned: octo/absent. Clone each to'),
    });
    expect(run().stderr).not.toContain('octo/shop: ');
  });
});

describe('by a gate that answers what a test needs', () => {
  /** Writes the report where it is asked to, or none. */
  function gate(folder: string, report?: unknown): string {
    const file = path.join(folder, 'gate.mjs');
    const write = `writeFileSync(process.argv.at(-1).slice('json='.length), ${JSON.stringify(JSON.stringify(report))});`;
    writeFileSync(file, report === undefined ? 'process.exitCode = 3;' : `import { writeFileSync } from 'node:fs';\n${write}`);
    return file;
  }
  const gap = (name: string, line: number) => ({
    engine: 'gate',
    rule: 'not-evaluated',
    title: `HelmRelease ${name} was not evaluated`,
    detail: `the chart of "${name}" is not in this repository`,
    locations: [{ file: `apps/${name}.yaml`, line, precision: 'resource' }],
    fix: { text: 'Vendor the chart.' },
  });
  const report = {
    tool: { version: '1.2.3' },
    outcome: 'warn',
    counts: { block: 0, warn: 2, allow: 0 },
    totals: { resources: 3 },
    errors: [],
    findings: [gap('a', 3), gap('b', 4)],
    coverage: [
      {
        kind: 'file',
        label: 'kind.yaml',
        entries: [{ engine: 'read', status: 'skipped', reason: 'not a | manifest <of> Kubernetes' }],
      },
      { kind: 'file', label: 'base', entries: [{ engine: 'kustomize', status: 'skipped', reason: 'rendered as part of top' }] },
      { kind: 'resource', label: 'Service a', entries: [{ engine: 'cel', status: 'not-applicable', reason: 'no policy' }] },
      { kind: 'resource', label: 'Service b', entries: [{ engine: 'cel', status: 'not-applicable', reason: 'no policy' }] },
      { kind: 'resource', label: 'Pod c', entries: [{ engine: 'cel', status: 'evaluated' }] },
      { kind: 'image', label: 'registry.example.com/a:1', entries: [] },
    ],
  };
  const listed = [{ name: 'octo/shop' }];
  const files = { 'octo/shop': { 'README.md': 'A shop.\n' } };

  it('puts gaps of one kind into one line, and reports why the rest was not evaluated', () => {
    const { folder, run } = world(files, listed);
    const { page } = run('--gate', gate(folder, report));
    expect(row(page, 'octo/shop').slice(2, 9)).toEqual([
      'all',
      'warn',
      '3',
      '1',
      '0 / 2 / 0',
      '0',
      '2 gaps, 2 resources, 1 image, 1 file',
    ]);
    expect(page).toContain('* 2 × the chart of "a" is not in this repository (such as `apps/a.yaml:3`). Vendor the chart.\n');
    expect(page).toContain('* 2 × resource: no policy: Service 2.\n');
    expect(page).toContain('* 1 × image: no engine that scans images ran.\n');
    expect(page).toContain('* 1 × read: not a \\| manifest &lt;of> Kubernetes (`kind.yaml`).\n');
    expect(page).not.toContain('rendered as part of');
  });

  it('names the commit of the copy’s origin, and the files that the copy lacks', () => {
    const { commits, folder, run } = world({ 'octo/shop': { 'README.md': 'A shop.\n', 'large.bin': '0' } }, listed);
    const clone = path.join(folder, 'octo/shop');
    git(clone, 'update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
    git(clone, 'rm', '--quiet', 'large.bin');
    commit(clone);
    const { page } = run('--gate', gate(folder, report));
    expect(page).toContain(`/tree/${commits['octo/shop']}`);
    expect(page).toContain('Not in the copy that was evaluated: `large.bin`.');
  });

  it('gives a run without a report its row, which counts as no verdict', () => {
    const { folder, run } = world(files, listed);
    const { page } = run('--gate', gate(folder));
    expect(row(page, 'octo/shop').slice(2, 5)).toEqual(['all', 'none: exit code 3', '']);
    expect(page).toContain('0 of 1 repositories');
  });

  it('prints some rows and leaves the page alone with --only', () => {
    const { folder, run } = world({ ...files, 'octo/other': { a: '' } }, [...listed, { name: 'octo/other' }]);
    const { page, stdout } = run(
      '--gate',
      gate(folder, report),
      '--only',
      'octo/other',
      '--reports',
      path.join(folder, 'reports'),
    );
    expect(page).toBe(empty);
    expect([row(stdout, 'octo/other')[3], row(stdout, 'octo/shop')]).toEqual(['warn', ['']]);
    expect(existsSync(path.join(folder, 'reports', 'octo+other.json'))).toBe(true);
  });
});
