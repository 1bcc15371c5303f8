import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandContext } from '../../test/support/command-context.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { isDay } from '../inputs/waivers/dates.ts';
import { loadWaivers } from '../inputs/waivers.ts';
import { createConsoleLog } from '../ports/console-log.ts';
import { createNodePorts } from '../ports/node-ports.ts';
import { waiversCommand } from './waivers.ts';

afterAll(removeTempFolders);
const now = new Date('2026-11-25T12:00:00Z');
const node = createNodePorts({ log: createConsoleLog({ write: () => {}, debug: false }), env: {} });
const ports = { ...node, clock: { ...node.clock, now: () => now } };
const ledger = '.k8s-gate/waivers.yaml';
const mandatory = ['--owner', 'team-shop', '--expires', '2027-01-31', '--reason', 'taken over on moving to the gate'];

async function run(folder: string, ...args: readonly string[]): Promise<string> {
  const { context, printed } = commandContext(folder, { ports });
  expect(await waiversCommand.run(args, context)).toBe(0);
  return printed();
}
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = emptyFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}
const read = async (folder: string) => (await loadWaivers(folder, ports, now)).waivers;
const entry = (rule: string, expires: string) =>
  `  - {rule: ${rule}, target: Deployment shop/web, reason: "long enough\\e[31m", owner: team, expires: ${expires}}\n`;

describe('waivers check', () => {
  it('lists what soon expires first, and nothing that a terminal would obey', async () => {
    const text = `version: 1\nwaivers:\n${entry('cel/a', '2027-05-01')}${entry('cel/b', '2026-12-25')}${entry('cel/c', '2026-11-24')}`;
    const said = await run(folderWith({ [ledger]: text }), 'check');
    expect(said).toMatch(
      /expiring within 30 days:\n.*cel\/b[\s\S]*In force:\n.*cel\/a[\s\S]*Expired: renew or remove:\n.*cel\/c/,
    );
    expect(said).toContain('2 in force, 1 expired');
    expect(said).not.toContain('\u001b');
  });

  it('lists waivers of an unknown rule or environment', async () => {
    const text = `version: 1\nwaivers:\n${entry('cel/no-latest-tagg', '2027-05-01')}${entry('cel/privileged', '2027-05-01')}`;
    const said = await run(folderWith({ [ledger]: text }), 'check');
    expect(said).toMatch(/Without effect: correct or remove:\n {2}\.k8s-gate\/waivers\.yaml:3: .*perhaps cel\/no-latest-tag\n/);
    expect(said.match(/waives nothing/g)).toHaveLength(1);
  });

  it('fails on a waivers file that the gate would reject', async () => {
    await expect(run(folderWith({ [ledger]: 'version: 2\n' }), 'check')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('waivers add', () => {
  const add = ['add', '--rule', 'cel/privileged', '--target', 'Deployment shop/web', ...mandatory];

  it('starts the file', async () => {
    const folder = emptyFolder();
    await run(folder, ...add, '--environment', 'staging');
    expect(await read(folder)).toMatchObject([{ rule: 'cel/privileged', environments: ['staging'], owner: 'team-shop' }]);
  });

  it('keeps comments', async () => {
    const folder = folderWith({ [ledger]: `# agreed on Monday\nversion: 1\nwaivers:\n${entry('cel/a', '2027-01-01')}` });
    await run(folder, ...add);
    expect(readFileSync(path.join(folder, ledger), 'utf8')).toContain('# agreed on Monday');
    expect(await read(folder)).toHaveLength(2);
  });

  it.each([
    ['a duplicate', add, 'is waived twice'],
    ['an end too far away', add.map((word) => (isDay(word) ? '2030-01-01' : word)), 'more than 366 days'],
    ['an end in the past', add.map((word) => (isDay(word) ? '2020-01-01' : word)), '--expires 2020-01-01 is in the past'],
    ['two ends', [...add, '--expires', '2027-01-01'], '--expires is given twice'],
    ['no owner', add.filter((word) => word !== '--owner' && word !== 'team-shop'), '--owner is missing'],
  ])('writes nothing for %s', async (_what, args, message) => {
    const folder = emptyFolder();
    await run(folder, ...add);
    const before = readFileSync(path.join(folder, ledger), 'utf8');
    await expect(run(folder, ...args)).rejects.toThrow(message);
    expect(readFileSync(path.join(folder, ledger), 'utf8')).toBe(before);
  });

  it('does not write through a symlink', async () => {
    const folder = folderWith({ 'other.yaml': 'version: 1\n', '.k8s-gate/x': '' });
    symlinkSync('../other.yaml', path.join(folder, ledger));
    await expect(run(folder, ...add)).rejects.toThrow('is a symlink');
  });
});

describe('waivers import', () => {
  it('takes over .trivyignore', async () => {
    const text = '# why\nCVE-2026-1 # here\nCVE-2026-2 exp:2026-12-24\nCVE-2026-3 exp:2020-01-01\nAVD-KSV-0017\nKSV106\nCVE-*\n';
    const folder = folderWith({ '.trivyignore': text });
    const said = await run(folder, 'import', '--trivyignore', '.trivyignore', ...mandatory);
    expect((await read(folder)).map((waiver) => [waiver.rule, waiver.target, waiver.expires])).toEqual([
      ['trivy/CVE-2026-1', '*', '2027-01-31'],
      ['trivy/CVE-2026-2', '*', '2026-12-24'],
      ['trivy/KSV-0017', '*', '2027-01-31'],
      ['trivy/KSV-0106', '*', '2027-01-31'],
    ]);
    expect(said).toContain('.trivyignore:4: CVE-2026-3: expired on 2020-01-01');
    expect(said).toContain('.trivyignore:7: CVE-*: is not a single rule');
  });

  it('imports .trivyignore.yaml, and reports what it cannot import', async () => {
    const text = `vulnerabilities:
  - {id: CVE-2026-1, statement: not reachable from our code, expired_at: 2026-12-24}
  - {id: CVE-2026-2, purls: ["pkg:npm/lodash@4"]}
  - {id: CVE-2026-3, paths: [app/package.json]}
misconfigurations:
  - {id: AVD-KSV-0017, paths: [deploy/web.yaml]}
licenses:
  - {id: GPL-3.0}
`;
    const folder = folderWith({ '.trivyignore.yaml': text });
    const said = await run(folder, 'import', '--trivyignore', '.trivyignore.yaml', ...mandatory);
    expect((await read(folder)).map((waiver) => [waiver.rule, waiver.target, waiver.reason, waiver.expires])).toEqual([
      ['trivy/CVE-2026-1', '*', 'not reachable from our code', '2026-12-24'],
      ['trivy/KSV-0017', 'deploy/web.yaml', 'taken over on moving to the gate', '2027-01-31'],
    ]);
    for (const place of ['yaml:3: CVE-2026-2', 'yaml:4: CVE-2026-3', 'yaml:8: GPL-3.0']) expect(said).toContain(place);
  });

  it('takes over KubeLinter’s annotations, once', async () => {
    const text = `kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    ignore-check.kube-linter.io/run-as-non-root: the vendor's image needs root
    ignore-check.kube-linter.io/no-read-only-root-fs: ""
    kube-linter.io/ignore-all: please
`;
    const folder = folderWith({ 'deploy/web.yaml': text, 'chart/t.yaml': '{{ if }}\nignore-check.kube-linter.io/x: {{ y }}\n' });
    const said = await run(folder, 'import', '--kube-linter', ...mandatory);
    const again = await run(folder, 'import', '--kube-linter', ...mandatory);
    expect((await read(folder)).map((waiver) => [waiver.rule, waiver.target, waiver.reason])).toEqual([
      ['kube-linter/run-as-non-root', 'Deployment shop/web', "the vendor's image needs root"],
      ['kube-linter/no-read-only-root-fs', 'Deployment shop/web', 'taken over on moving to the gate'],
    ]);
    expect(said).toContain('deploy/web.yaml:8: kube-linter.io/ignore-all');
    expect(said).toContain('chart/t.yaml: not plain YAML');
    expect(again).toContain('0 written');
  });
});
