import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { toGateError } from '../model/gate-error.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { type NamesRead, refuseMisnamed } from './misnamed.ts';

afterAll(removeTempFolders);

const ports = { files: createNodeFiles() };
const names: NamesRead = { configFile: '.k8s-gate.yaml', configNamed: false, policies: ['.k8s-gate/policies'] };
const config = 'version: 1\nseverity: { high: block }\n';

async function refusal(files: Readonly<Record<string, string>>, read: Partial<NamesRead> = {}): Promise<string | undefined> {
  const workspace = repository(files);
  return refuseMisnamed({ trusted: workspace, workspace }, { ...names, ...read }, ports).then(
    () => undefined,
    (thrown: unknown) => `${toGateError(thrown).code} ${toGateError(thrown).message}`,
  );
}

describe('a file that is nearly named like a setting', () => {
  it.each([
    '.k8s-gate.yml',
    '.k8s-gate.json',
    '.k8s-gate.toml',
    'k8s-gate.yaml',
    'k8s-gate.yml',
    '.k8sgate.yaml',
    'k8s_gate.yaml',
    '.K8S-Gate.yaml',
    '.k8s-gate.yaml.yml',
    '.k8s-gate.config.yaml',
    '.k8s-gates.yaml',
    '.k8-gate.yaml',
    '.github/k8s-gate.yaml',
    '.github/.k8s-gate.yaml',
    '.config/k8s-gate.yaml',
    '.k8s-gate/config.yaml',
    '.k8s-gate/k8s-gate.yaml',
    'k8s-gate',
  ])('is an error as configuration: %s', async (file) => {
    const text = file.endsWith('.json') ? JSON.stringify({ version: 1, severity: { high: 'block' } }) : config;
    const alone = await refusal({ [file]: text });
    expect(alone).toMatch(/^CONFIG_INVALID .*: this file is not read: the configuration of the gate is `.k8s-gate.yaml`/);
    expect(alone).toContain(`${file}:1: `);
    expect(alone).toContain(`git mv ${file} .k8s-gate.yaml`);
    expect(await refusal({ [file]: text, '.k8s-gate.yaml': config })).toContain('Move its content to .k8s-gate.yaml');
  });

  it.each([
    '.k8s-gate/waivers.yml',
    '.k8s-gate/waiver.yaml',
    '.k8s-gate/Waivers.yaml',
    '.k8s-gate/waivers.json',
    '.k8s-gate-waivers.yaml',
    'k8s-gate-waivers.yml',
  ])('is an error as list of waivers: %s', async (file) => {
    expect(await refusal({ [file]: 'a: [' })).toMatch(/^CONFIG_INVALID .*`\.k8s-gate\/waivers\.yaml`/);
  });

  it.each(['.k8s-gate/policy/a.yaml', '.k8s-gate/rules/a.rego', '.k8s-gate/kyverno/a.yaml'])(
    'is an error as place of a policy, unless the configuration names it: %s',
    async (file) => {
      expect(await refusal({ [file]: 'package main' })).toMatch(/^CONFIG_INVALID .*`\.k8s-gate\/policies\/a\./);
      expect(await refusal({ [file]: 'package main' }, { policies: [path.dirname(file)] })).toBeUndefined();
      expect(await refusal({ [file]: 'package main' }, { policies: ['.k8s-gate/**'] })).toBeUndefined();
    },
  );

  it('is an error where it can not be read as YAML, or is a link', async () => {
    expect(await refusal({ '.k8s-gate.yml': 'a: [' })).toContain('CONFIG_INVALID');
    const workspace = repository({ 'gate.yaml': config });
    symlinkSync('gate.yaml', path.join(workspace, '.k8s-gate.yml'));
    await expect(refuseMisnamed({ trusted: workspace, workspace }, names, ports)).rejects.toThrow('this file is not read');
  });
});

describe('what only looks like it', () => {
  it.each<[string, string, string]>([
    ['a manifest', 'k8s-gate.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: k8s-gate }\n'],
    ['the JSON report of the gate', 'k8s-gate.json', '{"schemaVersion":1,"outcome":"pass","findings":[]}'],
    ['the SARIF report', 'k8s-gate.sarif', '{}'],
    ['the policy report', 'k8s-gate.policy-report.yaml', 'apiVersion: wgpolicyk8s.io/v1alpha2\nkind: PolicyReport\n'],
    ['the workflow', '.github/workflows/k8s-gate.yaml', 'name: k8s-gate\non: pull_request\n'],
    ['the command itself', 'k8s-gate', '#!/bin/sh\n'],
    ['a file of another tool', 'k8s-data.yaml', 'version: 1\nhosts: []\n'],
    ['a chart’s values', 'k8s-gateway.yaml', 'replicas: 1\n'],
    ['a file elsewhere', 'config/app/k8s-gate.yaml', config],
    ['what is read', '.k8s-gate.yaml', config],
    ['the waivers file', '.k8s-gate/waivers.yaml', 'version: 1\n'],
    ['a policy', '.k8s-gate/policies/waivers.yaml', 'kind: A\n'],
    ['a text', '.k8s-gate/policy/README.md', '# why\n'],
  ])('is not reported: %s', async (_what, file, text) => {
    expect(await refusal({ [file]: text })).toBeUndefined();
  });

  it('is not a configuration where another file was named on purpose', async () => {
    const read = { configFile: '.k8s-gate.yml', configNamed: true };
    expect(await refusal({ '.k8s-gate.yml': config, 'k8s-gate.yaml': config }, read)).toBeUndefined();
    expect(await refusal({ '.k8s-gate/waivers.yml': '' }, read)).toContain('CONFIG_INVALID');
  });
});

it('a change may remove or rename it, and nothing else makes it go away', async () => {
  const trusted = repository({ '.k8s-gate.yml': config });
  const workspace = repository({ '.k8s-gate.yml': config });
  await expect(refuseMisnamed({ trusted, workspace }, names, ports)).rejects.toThrow('this file is not read');
  writeFileSync(path.join(workspace, '.k8s-gate.yml'), 'apiVersion: v1\nkind: Pod\n');
  await expect(refuseMisnamed({ trusted, workspace }, names, ports)).rejects.toThrow('this file is not read');
  rmSync(path.join(workspace, '.k8s-gate.yml'));
  await expect(refuseMisnamed({ trusted, workspace }, names, ports)).resolves.toBeUndefined();
  // A base from before the folder was there.
  await expect(refuseMisnamed({ trusted: path.join(trusted, 'new'), workspace: trusted }, names, ports)).resolves.toBeUndefined();
});
