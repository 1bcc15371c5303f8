import { afterAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { runCommand } from '../support/in-process.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec:\n  containers: [{ name: web, image: "registry.example/web:1" }]\n';
const check = (folder: string, ...args: readonly string[]) => runCommand(checkCommand, ['--engines', 'cel', ...args], folder);

/** Inputs that a new user gave, and what the message has to have: place, what is wrong, and what is meant. */
const configurations: readonly (readonly [what: string, yaml: string, expected: RegExp])[] = [
  ['a text in place of a list', 'paths: k8s', /\.k8s-gate\.yaml:2:1: `paths` must be a list, such as `\[a, b\]`/],
  ['a number in a list of texts', 'paths: [1]', /\.k8s-gate\.yaml:2:9: item 1 of `paths` must be a string/],
  ['an action with a typo', 'severity: { high: bloc }', /2:13: `severity\.high` must be one of `block`, `warn`, `allow`/],
  ['an unknown key', 'pathes: [k8s]', /2:1: unknown key `pathes`; expected `paths`/],
  [
    'an environment that nothing belongs to',
    'environments: { prod: { severity: { high: block } } }',
    /2:17: nothing can belong to the environment `prod`; expected `paths`/,
  ],
  ['a policy name with a typo', 'engines: { cel: { disable: [privilegd] } }', /names privilegd[\s\S]*perhaps privileged/],
  ['a chart that does not exist', 'helm: { charts: [{ path: nope }] }', /helm\.charts names nope, which has no Chart\.yaml/],
  ['a path that matches nothing', 'paths: [nope]', /the path `nope` matches nothing/],
];

describe('a message about the configuration', () => {
  it.each(configurations)('names the place and what is meant: %s', async (_what, yaml, expected) => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod, '.k8s-gate.yaml': `version: 1\n${yaml}\n` });
    const { code, stdout, log } = await check(folder);
    expect(code).toBe(2);
    expect(`${log}\n${stdout}`).toMatch(expected);
    expect(`${log}\n${stdout}`).not.toMatch(/Invalid input|received undefined|Unrecognized key/);
  });

  it('is one error, not one for each thing that follows from it', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod, '.k8s-gate.yaml': 'version: 1\nengines: { cel: { disable: [privilegd] } }\n' });
    const { stdout, log } = await check(folder);
    expect(stdout).toContain('Evaluation errors (1)\n');
    expect(`${log}\n${stdout}`.split('names privilegd')).toHaveLength(2);
  });

  it('is not reported for a policy with the name in reports', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod, '.k8s-gate.yaml': 'version: 1\nengines: { cel: { disable: [cel/run-as-non-root] } }\n' });
    const { code, stdout } = await check(folder, '--show', 'allowed');
    expect(code).toBe(0);
    expect(stdout).toContain('cel/privilege-escalation');
    expect(stdout).not.toMatch(/cel\/run-as-non-root {2}/);
  });
});

describe('a message of the command line', () => {
  it('names the option that is missing or unknown', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod });
    expect((await check(folder, '--only-new')).log).toMatch(/--only-new needs --base/);
    expect((await check(folder, '--show', 'all')).log).toMatch(/--show: unknown value `all`; expected `allowed`/);
    expect((await check(folder, '--bse', 'main')).log).toMatch(/there is no option --bse; expected --base/);
    expect((await check(folder, '--tool', 'kubelinter=/bin/true')).log).toMatch(/kubelinter[\s\S]*kube-linter/);
  });

  it('distinguishes a folder without git from a commit that does not exist', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod });
    expect((await check(folder, '--base', 'nope')).log).toMatch(/`nope` names no commit[\s\S]*git fetch/);
    expect((await check(emptyFolder(), '--base', 'main')).log).toMatch(/is not in a git repository/);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  it('names the option of the command for an empty result', async () => {
    const { code, stdout } = await check(emptyFolder());
    expect(code).toBe(2);
    expect(stdout).toMatch(/--allow-empty/);
    expect((await check(emptyFolder(), '--allow-empty')).code).toBe(0);
  });
});
