import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { parseInputs } from '../inputs/inputs.ts';
import { changedSettings } from './settings.ts';

afterAll(removeTempFolders);

const rule = '{images: ghcr.io/org/**, keys: [{file: keys/cosign.pub}], roots: keys/root.json}';
const config = `version: 1\nexpectManifests: false\nengines: {signatures: {rules: [${rule}]}, trivy: {secretConfig: secrets.yaml}}\n`;
const files = { '.k8s-gate.yaml': config, 'keys/cosign.pub': 'key', 'keys/root.json': '{}', 'secrets.yaml': 'rules: []' };

async function findings(changed: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const [base, head] = [write(files), write({ ...files, ...changed })];
  const raw = { workspace: head, paths: [], exclude: [], cores: 1, outputs: [], publish: [] };
  const inputs = await parseInputs({ ...raw, workspace: base }, nodePorts);
  const inForce = {
    inputs,
    policies: [],
    accepted: [],
    waivers: { waivers: [], selfWaiver: 'deny' as const, vex: [], notes: [] },
    sha: 'abc',
    gateVersion: '1',
  };
  const [run] = await changedSettings(raw, inForce, nodePorts);
  if (run.status !== 'completed') throw new Error('it ended otherwise');
  return run.findings.map(({ rule: name, severity, title }) => `${name} ${severity}: ${title}`);
}

function write(content: Readonly<Record<string, string | undefined>>): string {
  const folder = emptyFolder();
  for (const [file, text] of Object.entries(content)) {
    if (text === undefined) continue;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

it.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
  ['nothing', {}, []],
  [
    'a key',
    { 'keys/cosign.pub': 'other' },
    ['config-loosened critical: the file keys/cosign.pub, which `engines.signatures` names, changes'],
  ],
  [
    'trusted roots',
    { 'keys/root.json': '[]' },
    ['config-loosened critical: the file keys/root.json, which `engines.signatures` names, changes'],
  ],
  [
    'a removed key',
    { 'keys/cosign.pub': undefined },
    ['config-loosened critical: the file keys/cosign.pub, which `engines.signatures` names, is removed'],
  ],
  [
    'secret rules',
    { 'secrets.yaml': 'allow-rules: []' },
    ['config-loosened critical: the file secrets.yaml, which `engines.trivy` names, changes'],
  ],
])('reports changed files that the settings of an engine name: %s', async (_what, changed, expected) => {
  expect(await findings(changed)).toEqual(expected);
});
