import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readFlags } from '../../src/commands/check.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
const lock = z
  .object({ tools: z.record(z.string(), z.object({ purpose: z.string() })) })
  .parse(JSON.parse(read('tools.lock.json')));

describe('the Dockerfile', () => {
  const instructions = read('packaging/Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? ['', line]);
  const of = (name: string) => instructions.filter(([instruction]) => instruction === name).map(([, text = '']) => text);

  it('has instructions that Docker knows, and stages that exist', () => {
    const known = ['ARG', 'FROM', 'RUN', 'COPY', 'USER', 'WORKDIR', 'ENTRYPOINT', 'CMD'];
    expect(instructions.filter(([name = '']) => !known.includes(name))).toEqual([]);
    const stages = of('FROM').map((text) => /^(\S+) AS (\w+)$/.exec(text)?.slice(1) ?? []);
    const names = stages.map(([, name]) => name);
    expect(names).toEqual(['base', 'engines', 'gate']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an argument of the Dockerfile
    expect(stages.map(([from]) => from)).toEqual(['${NODE}', 'base', 'base']);
    for (const text of of('COPY')) expect(names).toContain(/--from=(\w+)/.exec(text)?.[1] ?? 'base');
  });

  it('copies what a release has, and all that the command reads', () => {
    const sources = of('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    expect(sources.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
    const released = [...read('scripts/release.mjs').matchAll(/^ {2}'([^']+)',$/gm)].map((match) => match[1] ?? '');
    expect(sources.filter((name) => !released.includes(name))).toEqual([]);
    const folder = emptyFolder();
    for (const name of sources) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    const output = execFileSync(process.execPath, ['dist/cli/index.js', 'explain', 'no-latest-tag'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(output).toMatch(/Fix: \S/);
  });

  it('installs every engine and renderer, by commands that a shell can read', () => {
    const [install = ''] = of('RUN').filter((text) => text.includes('engines install'));
    const ids = install.split(' ').slice(install.split(' ').indexOf('/cache') + 1);
    expect(ids.toSorted()).toEqual(
      Object.keys(lock.tools)
        .filter((id) => lock.tools[id]?.purpose !== 'test')
        .toSorted(),
    );
    for (const text of of('RUN')) expect(spawnSync('sh', ['-n', '-c', text]).status).toBe(0);
  });

  it('does not run as root', () => {
    expect(of('USER')).toEqual(['node']);
  });
});

describe('the hook of pre-commit', () => {
  const [hook] = z
    .array(z.object({ id: z.string(), entry: z.string(), files: z.string(), language: z.string() }))
    .parse(parse(read('.pre-commit-hooks.yaml')));

  it('calls the command with flags that exist, for every file that can change a deployable', () => {
    const [program = '', command, ...args] = hook?.entry.split(' ') ?? [];
    expect([existsSync(path.join(root, program)), command]).toEqual([true, 'check']);
    expect(readFlags('check', args, { cwd: '/w' }).given).toMatchObject({ engines: 'cel,schema', base: 'HEAD', onlyNew: true });
    const files = new RegExp(hook?.files ?? '');
    for (const name of ['a.yaml', 'a/b.yml', 'c/templates/_helpers.tpl', 'k/Kustomization', 'p.rego', 'a.json'])
      expect(files.test(name)).toBe(true);
    expect(files.test('main.go')).toBe(false);
  });

  const found = path.join(
    process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
    'k8s-gate-dev',
    'pre-commit',
    'bin',
    'pre-commit',
  );
  const program = process.env.PRE_COMMIT ?? (existsSync(found) ? found : undefined);
  it.skipIf(program === undefined)(`fails for what a commit adds, and passes what was there (skipped without ${found})`, () => {
    const hooks = repository();
    for (const name of ['.pre-commit-hooks.yaml', 'dist', 'policies', 'openapi', 'engines', 'tools.lock.json', 'package.json'])
      cpSync(path.join(root, name), path.join(hooks, name), { recursive: true });
    const rev = commit(hooks);
    const folder = repository();
    cpSync(path.join(root, 'examples/single'), folder, { recursive: true });
    const config = `repos:\n  - repo: file://${hooks}\n    rev: ${rev}\n    hooks: [{ id: k8s-gate }]\n`;
    commit(folder, { '.pre-commit-config.yaml': config });
    const env = { ...process.env, PRE_COMMIT_HOME: emptyFolder(), XDG_CACHE_HOME: emptyFolder(), GIT_CONFIG_GLOBAL: '/dev/null' };
    const run = () => spawnSync(program ?? '', ['run', '--all-files', '--verbose'], { cwd: folder, encoding: 'utf8', env });
    expect(run()).toMatchObject({ status: 0 });
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { hostNetwork: true, containers: [{ name: a, image: "a:1", securityContext: { privileged: true } }] }\n';
    mkdirSync(path.join(folder, 'deploy'), { recursive: true });
    writeFileSync(path.join(folder, 'deploy/pod.yaml'), pod);
    git(folder, 'add', '--all');
    const second = run();
    expect(second.status).toBe(1);
    expect(second.stdout).toContain('cel/privileged');
    git(folder, 'commit', '--quiet', '--message=x');
    expect(run()).toMatchObject({ status: 0 });
  });
});
