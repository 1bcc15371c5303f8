import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkCommand } from '../../src/commands/check.ts';
import { fixCommand } from '../../src/commands/fix.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { type CommandRun, runCommand } from '../support/in-process.ts';
import { root } from '../support/root.ts';
import { suggestedRules } from '../support/suggested-rules.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const privileged = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }   # unusual, but kept
spec:
    selector: { matchLabels: { app: web } }
    template:
        metadata: { labels: { app: web } }
        spec:
            hostNetwork: "no" # a text, which is another fault
            containers:
            -   name: web   # the app
                image: 'registry.example/web:1.0'
                securityContext:
                    # needed once
                    privileged: true   # why?
`.replace('            hostNetwork: "no" # a text, which is another fault\n', '');
const fixedText = privileged.replace('privileged: true   # why?', 'privileged: false   # why?');

const fix = (folder: string, ...args: readonly string[]): Promise<CommandRun> =>
  runCommand(fixCommand, ['--engines', 'cel', ...args], folder);
const read = (folder: string, file: string): string => readFileSync(path.join(folder, file), 'utf8');

describe('k8s-gate fix', () => {
  it('changes the value and nothing else of the file, shows the diff, and judges again', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    const { code, stdout } = await fix(folder);
    expect(read(folder, 'deploy/web.yaml')).toBe(fixedText);
    expect(stdout).toContain('-                    privileged: true   # why?\n+                    privileged: false   # why?\n');
    expect(stdout).toContain('Fixed 1 finding in 1 file\n  deploy/web.yaml:15:21  critical  cel/privileged');
    expect(stdout).toMatch(/Before: BLOCKED {2}1 blocking, .*\nAfter: {2}PASS {2}0 blocking/);
    expect(stdout).toMatch(/\d+ findings that the severity policy allows can be fixed as well: `k8s-gate fix --all`/);
    expect(code).toBe(0);
  });

  it('writes nothing with --dry-run, and prints a patch that git applies', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    const { code, stdout } = await fix(folder, '--dry-run', '--all');
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing was written (--dry-run).');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    execFileSync('git', ['apply', '-'], { cwd: folder, input: stdout });
    const applied = read(folder, 'deploy/web.yaml');
    git(folder, 'checkout', '--quiet', '.');
    await fix(folder, '--all');
    expect(read(folder, 'deploy/web.yaml')).toBe(applied);
  });

  it('fixes one rule, and what the policy allows if it is asked for', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    await fix(folder, '--rule', 'cel/privilege-escalation');
    expect(read(folder, 'deploy/web.yaml')).toBe(
      privileged.replace('# why?\n', '# why?\n                    allowPrivilegeEscalation: false\n'),
    );
  });

  it('keeps uncommitted changes and line ends, and edits what is not committed yet', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    writeFileSync(path.join(folder, 'deploy/web.yaml'), `# my own work\n${privileged}`.replaceAll('\n', '\r\n'));
    writeFileSync(path.join(folder, 'deploy/new.yaml'), privileged.replaceAll('web', 'new'));
    await fix(folder);
    expect(read(folder, 'deploy/web.yaml')).toBe(`# my own work\n${fixedText}`.replaceAll('\n', '\r\n'));
    expect(read(folder, 'deploy/new.yaml')).toBe(fixedText.replaceAll('web', 'new'));
  });

  it('works where there is no git', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    execFileSync('rm', ['-rf', path.join(folder, '.git')]);
    expect((await fix(folder)).code).toBe(0);
    expect(read(folder, 'deploy/web.yaml')).toBe(fixedText);
  });

  it('never writes what git ignores, or through a symbolic link', async () => {
    const folder = repository();
    const outside = repository();
    commit(outside, { 'web.yaml': privileged });
    symlinkSync(outside, path.join(folder, 'linked'));
    symlinkSync(path.join(outside, 'web.yaml'), path.join(folder, 'linked.yaml'));
    commit(folder, { '.gitignore': 'build/\n', 'deploy/new.yaml': privileged.replaceAll('web', 'new') });
    execFileSync('mkdir', [path.join(folder, 'build')]);
    writeFileSync(path.join(folder, 'build/web.yaml'), privileged);
    await fix(folder, '--all');
    expect(read(folder, 'deploy/new.yaml')).not.toContain('privileged: true');
    expect(read(outside, 'web.yaml')).toBe(privileged);
    expect(read(folder, 'build/web.yaml')).toBe(privileged);
    execFileSync('rm', ['-rf', path.join(folder, '.git')]);
    await fix(folder, '--all');
    expect(read(outside, 'web.yaml')).toBe(privileged);
  });

  it('applies one of two suggestions that contradict each other, and names the other', async () => {
    const folder = repository();
    commit(folder, {
      'deploy/web.yaml': privileged.replace('spec:\n    selector', 'spec:\n    replicas: 1\n    selector'),
      '.k8s-gate/policies/two.yaml': policy('two-replicas', 2),
      '.k8s-gate/policies/three.yaml': policy('three-replicas', 3),
    });
    const { stdout, code } = await fix(folder);
    expect(code).toBe(1);
    expect(read(folder, 'deploy/web.yaml')).toMatch(/replicas: [23]\n/);
    expect(stdout).toMatch(/not applied: it conflicts with that of cel\/(two|three)-replicas/);
    expect((await fix(folder)).stdout).not.toContain('Fixed');
  });

  it('takes back what does not remove its finding', async () => {
    const folder = repository();
    const text = privileged.replace('spec:\n    selector', 'spec:\n    replicas: 1\n    selector');
    commit(folder, { 'deploy/web.yaml': text, '.k8s-gate/policies/two.yaml': policy('many-replicas', 9, 2) });
    const { stdout } = await fix(folder);
    expect(read(folder, 'deploy/web.yaml')).toContain('replicas: 1\n');
    expect(stdout).toContain('not applied: the edit would not remove it');
  });

  it('writes nothing if a file was changed in the meantime', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    const file = path.join(folder, 'deploy/web.yaml');
    let reads = 0;
    const { code, log } = await runCommand(fixCommand, ['--engines', 'cel'], folder, {
      ports: (real) => ({
        ...real,
        log: {
          ...real.log,
          info: (text) => {
            if (text.startsWith('checking')) writeFileSync(file, `${privileged}# edited\n`);
            reads += 1;
          },
        },
      }),
    });
    expect(reads).toBeGreaterThan(0);
    expect({ code, log }).toMatchObject({ code: 2, log: expect.stringContaining('so nothing was written') });
    expect(read(folder, 'deploy/web.yaml')).toBe(`${privileged}# edited\n`);
  });

  it('is part of check, which then reports what is left', async () => {
    const folder = repository();
    commit(folder, { 'deploy/web.yaml': privileged });
    const { code, stdout } = await runCommand(checkCommand, ['--fix', '--engines', 'cel'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Fixed 1 finding[\s\S]*\nPASS {2}/);
    expect((await runCommand(checkCommand, ['--dry-run'], folder)).log).toContain('--dry-run needs --fix');
  });
});

/** The other half of its findings has no default. */
const inPart = ['termination-grace'];

it('fixes each failing case of each rule with a suggestion, and has nothing to do afterwards', async () => {
  const cases = path.join(root, 'test/policies/cases');
  const folder = repository();
  const rules = readdirSync(cases).map((file) => path.basename(file, '.yaml'));
  const files = rules.flatMap((rule) => {
    const { fail } = parse(readFileSync(path.join(cases, `${rule}.yaml`), 'utf8')) as {
      readonly fail: readonly { readonly object: object }[];
    };
    return fail.map(({ object }, index) => [`${rule}/case-${index}.yaml`, `# ${rule}\n${stringify(object)}`] as const);
  });
  commit(folder, Object.fromEntries(files));
  const first = await fix(folder, '--all');
  expect(first.stdout).toMatch(/^Fixed \d+ findings/m);
  const left = first.stdout.slice(first.stdout.indexOf('Not fixed'));
  for (const rule of suggestedRules.filter((name) => !inPart.includes(name)))
    expect(left.match(new RegExp(`^ {2}${rule}/case-\\d+\\.yaml\\S* {2}\\w+ {2}cel/${rule} `, 'm'))?.[0]).toBeUndefined();
  const texts = files.map(([file]) => read(folder, file));
  for (const [index, text] of texts.entries()) expect(text.startsWith(`# ${files[index]?.[0].split('/')[0]}\n`)).toBe(true);
  expect((await fix(folder, '--all')).stdout).not.toContain('Fixed');
  expect(files.map(([file]) => read(folder, file))).toEqual(texts);
});

function policy(name: string, replicas: number, set = replicas): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: ${name}
  annotations: { k8s-gate.io/severity: critical, k8s-gate.io/set: "${set}" }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations:
    - expression: object.spec.replicas == ${replicas}
      messageExpression: "'spec.replicas: not ${replicas}'"
`;
}
