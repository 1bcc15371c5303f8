import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configComplaints } from '../support/config-schema.ts';
import { distFile } from '../support/dist.ts';
import { runGate } from '../support/gate-process.ts';
import { commit, git } from '../support/git-repository.ts';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { root } from '../support/root.ts';
import { noSarifValidator, validateSarif } from '../support/sarif-validator.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const examples = path.join(root, 'examples');
const read = (...names: readonly string[]): string => readFileSync(path.join(examples, ...names), 'utf8');
const has = (...names: readonly string[]): boolean => existsSync(path.join(examples, ...names));
const folders = readdirSync(examples).filter((name) => has(name, '.k8s-gate.yaml'));

/** A copy, so that reports of a run don't stay in the repository. */
function copyOf(example: string): string {
  const folder = emptyFolder();
  cpSync(path.join(examples, example), folder, { recursive: true });
  return folder;
}

it('the README lists each of them', () => {
  expect(folders.toSorted()).toEqual(['air-gapped', 'gitlab', 'gitops', 'shop', 'single']);
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  expect(folders.filter((name) => !readme.includes(`(examples/${name})`))).toEqual([]);
});

it.each(folders)('%s has a configuration that an editor takes', (name) => {
  expect(configComplaints(parse(read(name, '.k8s-gate.yaml')))).toEqual([]);
});

describe.each(folders.filter((name) => has(name, 'README.md')))('%s', (name) => {
  const readme = read(name, 'README.md');
  const commands = codeBlocks(readme)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'));
  const [, verdict = '', code = ''] = /Verdict: \*\*(\w+)\*\* \(exit code (\d)\)/.exec(readme) ?? [];

  it('has a page of a screen and names the schema', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(40);
    expect(read(name, '.k8s-gate.yaml')).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\/config\.schema\.json\n/);
  });

  it('gets the verdict that its page states', async () => {
    expect(commands).toHaveLength(1);
    const [program, ...args] = commands[0]?.split(' ') ?? [];
    expect(program).toBe('k8s-gate');
    const folder = copyOf(name);
    const run = await runGate([...args, '--output', 'json=verdict.json'], folder);
    expect([run.code, run.stderr.includes('error')]).toEqual([Number(code), false]);
    expect(JSON.parse(readFileSync(path.join(folder, 'verdict.json'), 'utf8'))).toMatchObject({ outcome: verdict });
  });
});

// What holds for examples/workflows (test/workflows.process.test.ts) holds for a copy, byte by byte.
it.each([
  ['single', 'pull-request.yml'],
  ['gitops', 'pull-request.yml'],
  ['air-gapped', 'enterprise-server.yml'],
])('%s uses the workflow %s as it is', (name, workflow) => {
  expect(readdirSync(path.join(examples, name, '.github', 'workflows'))).toEqual(['k8s-gate.yml']);
  expect(read(name, '.github', 'workflows', 'k8s-gate.yml')).toBe(read('workflows', workflow));
});

describe('the job of GitLab', () => {
  const job = z
    .object({
      'k8s-gate': z.object({
        before_script: z.array(z.string()),
        script: z.array(z.string()),
        artifacts: z.object({ when: z.literal('always'), reports: z.object({ junit: z.string() }) }),
      }),
    })
    .parse(parse(read('gitlab', '.gitlab-ci.yml')))['k8s-gate'];

  /** As the runner does: the lines in one shell that stops at the first failure. */
  function bash(folder: string, lines: readonly string[], env: Readonly<Record<string, string>>) {
    const bin = path.join(emptyFolder(), 'bin');
    mkdirSync(bin);
    symlinkSync(distFile('cli', 'index.js'), path.join(bin, 'k8s-gate'));
    const own = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '',
      GATE_ENGINES: 'cel',
      XDG_STATE_HOME: '/dev/null',
      ...env,
    };
    return spawnSync('bash', ['-eo', 'pipefail', '-c', lines.join('\n')], { cwd: folder, env: own, encoding: 'utf8' });
  }

  it('blocks, and leaves reports that are what they should be', () => {
    const folder = copyOf('gitlab');
    const run = bash(folder, job.script, {});
    expect(run.status, run.stderr).toBe(1);
    expect(run.stdout).toContain('BLOCKED');
    const junit = path.join(folder, job.artifacts.reports.junit);
    const parsed = spawnSync(
      'python3',
      ['-c', 'import sys, xml.etree.ElementTree as e; print(e.parse(sys.argv[1]).getroot().tag)', junit],
      {
        encoding: 'utf8',
      },
    );
    expect(parsed.stdout.trim()).toBe('testsuites');
    expect(readFileSync(junit, 'utf8')).toContain('<failure');
    const sarif = readFileSync(path.join(folder, 'reports', 'k8s-gate.sarif'), 'utf8');
    expect(sarif).toContain('deploy/worker.yaml');
    if (noSarifValidator === undefined) expect(validateSarif({ sarif }).filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('takes the configuration of the target branch in a merge request', () => {
    const folder = copyOf('gitlab');
    git(folder, 'init', '--quiet', '--initial-branch=main');
    const base = commit(folder);
    commit(folder, { '.k8s-gate.yaml': 'version: 1\nengines: { cel: { pack: false } }\n' });
    const run = bash(folder, job.script, { CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect(run.status, run.stderr).toBe(1);
    expect(run.stdout).toContain('deploy/worker.yaml');
  });

  it('installs nothing of another hash', () => {
    const [download = '', check = '', ...rest] = job.before_script;
    expect([download, rest.length]).toEqual([expect.stringContaining('--output gate.tgz'), 2]);
    const folder = emptyFolder();
    const run = bash(folder, ['printf other > gate.tgz', check], { GATE_SHA256: 'a'.repeat(64) });
    expect(run.status).not.toBe(0);
    expect(bash(folder, [check], { GATE_SHA256: '' }).status).not.toBe(0);
  });
});
