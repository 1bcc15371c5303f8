import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { parseLedger } from './waivers/ledger.ts';
import { loadWaivers } from './waivers.ts';

afterAll(removeTempFolders);
const today = new Date('2026-11-25T12:00:00Z');
const ports = { files: createNodeFiles() };

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = emptyFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

const entry = {
  rule: 'cel/privileged',
  target: 'Deployment shop/web',
  reason: 'needs the devices of the host',
  owner: 'team-shop',
  expires: '2027-01-31',
};
const ledgerOf = (...parts: readonly Readonly<Record<string, unknown>>[]) =>
  `version: 1\nwaivers:\n${parts.map((part) => `  - ${JSON.stringify({ ...entry, ...part })}`).join('\n')}\n`;

describe('loadWaivers', () => {
  it('reads an entry with its line', async () => {
    const root = folderWith({ '.k8s-gate/waivers.yaml': ledgerOf({ environments: ['staging'] }) });
    expect(await loadWaivers(root, ports, today)).toEqual({
      waivers: [{ ...entry, environments: ['staging'], source: 'waivers', file: '.k8s-gate/waivers.yaml', line: 3 }],
      selfWaiver: 'deny',
      ignored: [],
    });
  });

  it('is empty where there is no file', async () => {
    expect((await loadWaivers(emptyFolder(), ports, today)).waivers).toEqual([]);
  });

  it('refuses a waivers file that is a symlink', async () => {
    const root = folderWith({ 'elsewhere.yaml': ledgerOf({}), '.k8s-gate/x': '' });
    symlinkSync('../elsewhere.yaml', path.join(root, '.k8s-gate/waivers.yaml'));
    await expect(loadWaivers(root, ports, today)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('refuses a folder that is a symlink', async () => {
    const root = folderWith({ 'elsewhere/waivers.yaml': ledgerOf({}) });
    symlinkSync('elsewhere', path.join(root, '.k8s-gate'));
    await expect(loadWaivers(root, ports, today)).rejects.toThrow('its folder is a symlink');
  });
});

describe('parseLedger', () => {
  it('takes a waiver of a change to the gate’s own settings, which only the base can have agreed to', () => {
    expect(parseLedger(ledgerOf({ rule: 'gate/config-loosened', target: '.k8s-gate.yaml' }), today).waivers).toHaveLength(1);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['an unknown key', { ownr: 'x' }, 'unknown key `ownr` in item 2 of `waivers`; expected `owner`'],
    ['an unknown engine', { rule: 'triv/CVE-1' }, 'there is no engine `triv`; expected `trivy/CVE-1`'],
    ['a glob in place of the engine', { rule: '*/privileged' }, 'expected engine/rule'],
    ['everything', { rule: '*' }, 'expected engine/rule'],
    ['a whole engine', { rule: 'trivy/*' }, 'would waive the whole engine'],
    ['a whole engine, in disguise', { rule: 'trivy/?*' }, 'would waive the whole engine'],
    ['many rules everywhere', { rule: 'trivy/CVE-*', target: '*' }, 'would waive many rules everywhere'],
    ['a reason of one letter', { reason: '          x' }, 'at least 10 characters'],
    ['an invalid owner', { owner: 'alice and bob' }, 'expected a login'],
    ['no such day', { expires: '2027-02-30' }, 'not a valid date'],
    ['a day and time', { expires: '2027-01-31T00:00:00Z' }, 'expected a date'],
    ['more than a year', { expires: '2027-11-27' }, 'more than 366 days ahead; expected 2027-11-26 at the latest'],
    ['no environment', { environments: [] }, 'environments'],
  ])('refuses %s, with its line', (_what, part, message) => {
    const parse = () => parseLedger(ledgerOf({ rule: 'cel/other' }, part), today);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^\.k8s-gate\/waivers\.yaml:4:/);
  });

  it('takes an expired waiver as it is, and the last day that is allowed', () => {
    const read = parseLedger(ledgerOf({ expires: '2020-01-01' }, { rule: 'cel/b', expires: '2027-11-26' }), today);
    expect(read.waivers.map((waiver) => waiver.expires)).toEqual(['2020-01-01', '2027-11-26']);
  });

  it.each<[string, readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>], boolean]>([
    ['twice the same', [{}, { reason: 'another reason altogether' }], true],
    ['for all and for one environment', [{}, { environments: ['staging'] }], true],
    ['for two environments', [{ environments: ['a'] }, { environments: ['b'] }], false],
    ['for two targets', [{}, { target: 'Deployment shop/api' }], false],
  ])('%s: a duplicate? %s', (_what, entries, refused) => {
    const parse = () => parseLedger(ledgerOf(...entries), today);
    if (refused) expect(parse).toThrow('is waived twice (also on line 3)');
    else expect(parse).not.toThrow();
  });

  it('refuses a duplicate key, as the strict parser does', () => {
    expect(() => parseLedger('version: 1\nwaivers: []\nwaivers: []\n', today)).toThrow('appears twice');
  });
});
