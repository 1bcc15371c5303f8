import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { explainCommand } from '../../src/commands/explain.ts';
import { verifyCommand } from '../../src/commands/verify.ts';
import { waiversCommand } from '../../src/commands/waivers.ts';
import { commit, git, repository } from '../support/git-repository.ts';
import { runCommand } from '../support/in-process.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec:\n  containers: [{ name: web, image: "registry.example/web:1" }]\n';
const config = '.k8s-gate.yaml';
const waivers = '.k8s-gate/waivers.yaml';
const policy = '.k8s-gate/policies/x.yaml';

const waiver = (part: string) =>
  `version: 1\nwaivers:\n  - { target: "Pod shop/web", reason: "reviewed by the team", owner: "@a", ${part} }\n`;
const vap = (spec: string, annotations = '') =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata:\n  name: x\n${annotations}spec:\n  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }\n  ${spec}\n`;

/** No text of zod, of Node's parser of options, or of a stack. */
const raw = /Invalid input|Invalid option|received undefined|Unrecognized key|argument missing|\n\s+at /;

async function checked(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number; text: string }> {
  const folder = repository();
  commit(folder, { 'web.yaml': pod, ...files });
  const { code, stdout, log } = await runCommand(
    checkCommand,
    args.some((arg) => arg.startsWith('--engines')) ? args : ['--engines', 'cel', ...args],
    folder,
  );
  return { code, text: `${log}\n${stdout}`.replaceAll(/\s+/g, ' ') };
}

describe('a file that cannot be used', () => {
  it.each<[what: string, file: string, content: string, expected: RegExp]>([
    ['an empty configuration', config, '', /k8s-gate\.yaml:1: the file is empty; expected exactly one, with `version: 1`/],
    ['a configuration without a version', config, 'paths: [.]\n', /1:1: `version` is missing; expected `1`/],
    ['a configuration of another version', config, 'version: 2\n', /`version` must be `1`, not `2`/],
    ['a list', config, '- version: 1\n', /the file must be a map of keys and values, not a list/],
    ['a word for a boolean', config, 'version: 1\nonlyNew: yess\n', /2:1: `onlyNew` must be `true` or `false`, not `yess`/],
    [
      'an engine with a typo',
      config,
      'version: 1\nengines: { trivvy: false }\n',
      /unknown key `trivvy` in `engines`; expected `trivy`/,
    ],
    [
      'a tab',
      config,
      'version: 1\npaths:\n\t- k8s\n',
      /3:1: broken YAML: Tabs[^;]*; expected YAML that the API server accepts\. Indent with spaces/,
    ],
    [
      'a key twice',
      config,
      'version: 1\nversion: 1\n',
      /2:1: the key "version" appears twice in one map; expected each key once/,
    ],
    ['an open bracket', config, 'version: 1\npaths: [k8s\n', /3:1: broken YAML: .* each bracket before this line is closed/],
    ['two documents', config, 'version: 1\n---\nversion: 1\n', /contains 2 documents; expected exactly one/],
    [
      'UTF-16',
      config,
      Buffer.from('\uFEFFversion: 1\n', 'utf16le').toString('latin1'),
      /is not UTF-8 text|broken YAML|not a|must be/,
    ],
    [
      'another ending',
      '.k8s-gate.yml',
      'version: 1\n',
      /this file is not read: .* Rename it: git mv \.k8s-gate\.yml \.k8s-gate\.yaml/,
    ],
    [
      'another folder',
      '.github/k8s-gate.yml',
      'version: 1\n',
      /this file is not read: .* git mv \.github\/k8s-gate\.yml \.k8s-gate\.yaml/,
    ],
    ['an empty list of waivers', waivers, '', /waivers\.yaml:1: the file is empty/],
    ['a waiver without an end', waivers, waiver('rule: cel/privileged'), /3:5: `expires` of item 1 of `waivers` is missing/],
    [
      'a waiver until a day that does not exist',
      waivers,
      waiver('rule: cel/privileged, expires: 2027-02-30'),
      /2027-02-30 is not a valid date; expected a day such as/,
    ],
    [
      'a waiver of an unknown engine',
      waivers,
      waiver('rule: cell/privileged, expires: 2027-02-20'),
      /no engine `cell`; expected `cel\/privileged`/,
    ],
    ['waivers with another ending', '.k8s-gate/waivers.yml', 'a: 1\n', /this file is not read: the list of waivers/],
    [
      'a number for an expression',
      policy,
      vap('validations: [{ expression: 1 }]'),
      /x\.yaml:7 POLICY_INVALID `expression` of item 1 of `spec\.validations` must be a string, not `1`/,
    ],
    [
      'a key of a policy with a typo',
      policy,
      vap('validatons: [{ expression: "true" }]'),
      /x\.yaml:7 POLICY_INVALID unknown key `validatons` in `spec` expected: `validations`/,
    ],
    [
      'a severity with a typo',
      policy,
      vap('validations: [{ expression: "true" }]', '  annotations:\n    k8s-gate.io/severity: hihg\n'),
      /x\.yaml:6 POLICY_INVALID `k8s-gate\.io\/severity` is "hihg" expected: critical, high, medium or low/,
    ],
    [
      'patches as texts',
      'k/kustomization.yaml',
      'patches: [p.yaml]\n',
      /kustomization\.yaml:1 MANIFEST_INVALID item 1 of `patches` must be a map of keys and values, not `p\.yaml`/,
    ],
    [
      'resources as a text',
      'k/kustomization.yaml',
      'resources: web.yaml\n',
      /`resources` must be a list, such as `\[a, b\]`, not `web\.yaml`/,
    ],
    [
      'an empty kustomization',
      'k/kustomization.yaml',
      '',
      /kustomization\.yaml:1 MANIFEST_INVALID the kustomization is empty expected: exactly one document/,
    ],
    ['a chart without a name', 'c/Chart.yaml', 'apiVersion: v2\n', /c\/Chart\.yaml:1 RENDER_FAILED the chart has no name/],
    [
      'a path that matches nothing',
      config,
      'version: 1\npaths:\n  - web.yaml\n  - nope\n',
      /k8s-gate\.yaml:4 SOURCE_UNREADABLE the path `nope` matches nothing/,
    ],
    [
      'policies that do not exist',
      config,
      'version: 1\npolicies: [nope]\n',
      /k8s-gate\.yaml:2 POLICY_INVALID `policies`: `nope` matches no file/,
    ],
    [
      'a chart that does not exist',
      config,
      'version: 1\nhelm:\n  charts:\n    - path: nope\n',
      /k8s-gate\.yaml:4 CONFIG_INVALID helm\.charts names nope, which has no Chart\.yaml/,
    ],
    [
      'a policy of the pack with a typo',
      config,
      'version: 1\nengines:\n  cel:\n    disable: [cel/privilegd]\n',
      /k8s-gate\.yaml:4 CONFIG_INVALID engines\.cel\.disable names privilegd, which is not a policy of the pack expected: perhaps privileged(?!.*setting-unused)/,
    ],
    [
      'parameters of an unknown policy',
      config,
      'version: 1\nengines:\n  cel:\n    params:\n      allowed-registry: { registries: a }\n',
      /k8s-gate\.yaml:5 CONFIG_INVALID engines\.cel\.params names allowed-registry/,
    ],
    [
      'a name of an environment with a blank',
      config,
      'version: 1\nenvironments: { "pro d": { paths: [web.yaml] } }\n',
      /2:17: `environments\.pro d`: expected a name of lower-case letters, digits and `-`, such as `production`/,
    ],
    ['a setting without a value', config, 'version: 1\npaths:\n', /`paths` must be a list, such as `\[a, b\]`, but is empty/],
    ['a severity without an action', config, 'version: 1\nseverity: { high: blok }\n', /2:13: `severity\.high` must be one of/],
    ['only comments', config, '# nothing\n', /:1: the file is empty/],
    [
      'a waiver until a day written as 31.01.2027',
      waivers,
      waiver('rule: cel/privileged, expires: 31.01.2027'),
      /`expires` of item 1 of `waivers`: expected a date such as 2027-01-31/,
    ],
    ['the folder as a file', '.k8s-gate', 'x', /its folder is a file/],
    [
      'a baseline entry without a severity',
      '.k8s-gate/baseline.yaml',
      'version: 1\nfindings: [{ rule: cel/x }]\n',
      /2:12: `severity` of item 1 of `findings` is missing/,
    ],
  ])('names the place, what is wrong and what is expected: %s', async (_what, file, content, expected) => {
    const { code, text } = await checked({ [file]: content });
    expect(text).toMatch(expected);
    expect(text).not.toMatch(raw);
    expect(code).toBe(2);
  });

  it('is reported if it is a folder', async () => {
    const { code, text } = await checked({ [`${config}/x`]: '' });
    expect(text).toMatch(/k8s-gate\.yaml: is a folder; expected a regular file/);
    expect(code).toBe(2);
  });

  it('is read where only its line breaks are those of Windows', async () => {
    expect((await checked({ [config]: 'version: 1\r\npaths: [.]\r\n' })).code).toBe(0);
  });
});

it('accepts the name of a policy as reports show it', async () => {
  const { code, text } = await checked({ [config]: 'version: 1\nengines: { cel: { disable: [cel/privileged] } }\n' });
  expect(text).not.toContain('setting-unused');
  expect(text).toMatch(/5 of \d+ shipped policies are off: .*privileged/);
  expect(code).toBe(0);
});

describe('a setting that applies to nothing', () => {
  it.each<[what: string, files: Readonly<Record<string, string>>, expected: RegExp]>([
    [
      'an environment',
      { [config]: 'version: 1\nenvironments: { prod: { paths: [prod/**] } }\n' },
      /the environment prod matches no resource; no file matches `prod\/\*\*`/,
    ],
    [
      'a waiver of an unknown rule',
      { [waivers]: waiver('rule: cel/run-as-nonroot, expires: 2027-02-20') },
      /waives nothing: CEL policies has no such rule; perhaps cel\/run-as-non-root/,
    ],
    ['a file among the policies', { [policy]: 'a: 1\n' }, /x\.yaml:1 .*the file is in a policy folder but contains no policy/],
    [
      'a policy of an unknown kind',
      { [policy]: 'apiVersion: example.org/v1\nkind: MyPolicy\nmetadata: { name: x }\n' },
      /contains no policy/,
    ],
    [
      'an Application with a wrong field',
      { 'app.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec: { destination: x }\n' },
      /`spec\.destination` must be a map of keys and values, not a string/,
    ],
  ])('warns: %s', async (_what, files, expected) => {
    const { code, text } = await checked(files);
    expect(text).toMatch(expected);
    expect(text).toMatch(/WARN/);
    expect(code).toBe(0);
  });
});

describe('an option that cannot be used', () => {
  it.each<[args: string, expected: RegExp]>([
    ['--engines trivvy', /there is no engine `trivvy`; expected `trivy`/],
    ['--engines=', /engines: no engine is named; expected strict, auto, or a list/],
    ['--timeout', /--timeout needs a value\. `k8s-gate check --help`/],
    ['--engines cel --engines opa', /--engines is given twice, with different values/],
    ['--timeout 10', /timeout: `10` is not a duration; expected for example 90s/],
    ['--concurrency zero', /concurrency: `zero` is not a number from 1 to 32/],
    ['--output jsn=x', /there is no report `jsn`; expected `json`/],
    ['--environment prod', /there is no environment `prod`/],
    ['--config nope.yaml', /nope\.yaml does not exist .* Run `k8s-gate init`/],
    ['--tool trivy', /tool: `trivy` is invalid; expected ID=PATH/],
    ['../..', /the path `\.\.\/\.\.` is outside the repository/],
    ['nope', /the path `nope` matches nothing/],
    ['--workspace web.yaml', /web\.yaml is a file; expected a folder/],
    ['--workspace nope', /nope does not exist; expected a folder/],
    ['--base nope', /`nope` names no commit .* Correct the name, or fetch it first: git fetch origin nope/],
    ['--ouput json', /there is no option --ouput; expected --output/],
    ['--only-new', /--only-new needs --base/],
    ['--tool kubelinter=/bin/true', /there is no tool `kubelinter`; expected `kube-linter`/],
  ])('check %s', async (args, expected) => {
    const { code, text } = await checked({}, ...args.split(' '));
    expect(text).toMatch(expected);
    expect(text).not.toMatch(raw);
    expect(code).toBe(2);
  });

  it('names what a shallow clone needs', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod });
    commit(folder, { 'README.md': 'x' });
    const clone = path.join(emptyFolder(), 'clone');
    git(folder, 'clone', '--quiet', '--depth=1', `file://${folder}`, clone);
    const { code, log } = await runCommand(checkCommand, ['--engines', 'cel', '--base', 'HEAD~1'], clone);
    expect(log).toMatch(/`HEAD~1` names no commit .* This clone is shallow\. Fetch the history: git fetch --unshallow/);
    expect(code).toBe(2);
  });
});

describe('a message of another command', () => {
  it.each([
    { command: waiversCommand, args: 'add --rule cel/privileged', expected: /--target is missing/ },
    { command: explainCommand, args: 'cel/privilegd', expected: /unknown rule `cel\/privilegd`; expected `cel\/privileged`/ },
    { command: explainCommand, args: '', expected: /expected exactly one rule/ },
    { command: verifyCommand, args: 'v.json', expected: /v\.json: is not the attestation of a verdict: `_type` / },
    { command: verifyCommand, args: 'nope.json', expected: /nope\.json: cannot be read: there is no such file/ },
  ])('names what is expected: $command.name $args', async ({ command, args, expected }) => {
    const folder = emptyFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'v.json'), '{"a":1}');
    const { code, log } = await runCommand(command, args === '' ? [] : args.split(' '), folder);
    expect(log).toMatch(expected);
    expect(log).not.toMatch(raw);
    expect(code).toBe(2);
  });
});
