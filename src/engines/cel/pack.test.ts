import { appendFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../ports/node-files.ts';
import { evaluate } from './evaluate.ts';
import { celOptionsSchema } from './options.ts';
import { choose, parsePack, readPackTexts } from './pack.ts';
import { parsedPackText, parsePolicies } from './parsed-pack.ts';

const gateRoot = path.join(import.meta.dirname, '..', '..', '..');
const privileged = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:1', securityContext: { privileged: true } },
        ],
      },
    },
  },
};

describe('the shipped pack', () => {
  it('rejects a privileged container at its field', async () => {
    const { policies, notes } = choose(parsePack(await readPackTexts(createNodeFiles(), gateRoot)), celOptionsSchema.parse({}));
    const failed = policies
      .filter((policy) => policy.notes.severities?.includes('critical') === true)
      .flatMap((policy) => evaluate(policy, privileged));
    expect(failed.filter((result) => result.status === 'fail').map((result) => result.path)).toEqual([
      ['spec', 'template', 'spec', 'containers', 1, 'securityContext', 'privileged'],
    ]);
    expect(failed.filter((result) => result.status === 'error' || result.status === 'indeterminate')).toEqual([]);
    expect(notes.join()).toMatch(/shipped policies are off: allowed-registries/);
  });

  it('takes its parameters from the configuration', async () => {
    const pack = parsePack(await readPackTexts(createNodeFiles(), gateRoot));
    const statuses = (params: Record<string, Record<string, string>>) =>
      choose(pack, celOptionsSchema.parse({ enable: ['allowed-registries'], params }))
        .policies.filter((policy) => policy.name === 'allowed-registries')
        .flatMap((policy) => evaluate(policy, privileged))
        .map((result) => result.status);
    expect(statuses({})).toContain('fail');
    expect(statuses({ 'allowed-registries': { registries: 'docker.io' } })).toEqual(['pass', 'pass', 'pass']);
  });

  it('is taken as the build parsed it, only for the very texts that are installed', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'k8s-gate-pack-'));
    cpSync(path.join(gateRoot, 'policies', 'images'), path.join(root, 'policies', 'images'), { recursive: true });
    const read = () => readPackTexts(createNodeFiles(), root);
    const parsedByRun = await read();
    expect(parsedByRun.every(({ documents }) => documents === undefined)).toBe(true);
    mkdirSync(path.join(root, 'dist'));
    writeFileSync(path.join(root, 'dist', 'pack.json'), parsedPackText(parsedByRun));
    const parsedByBuild = await read();
    expect(parsedByBuild.every(({ documents }) => (documents ?? []).length > 0)).toBe(true);
    const shown = (texts: Awaited<ReturnType<typeof read>>) =>
      parsePack(texts).map(({ name, line, spec, bindings }) => ({ name, line, spec, bindings: bindings.map((one) => one.name) }));
    expect(shown(parsedByBuild)).toEqual(shown(parsedByRun));
    const [one] = parsedByBuild;
    const field = ['spec', 'validations', 0, 'expression'];
    expect(one?.documents?.[0]?.locate(field)).toEqual(
      parsePolicies({ path: one?.path ?? '', text: one?.text ?? '' })[0]?.locate(field),
    );
    appendFileSync(path.join(root, 'policies', 'images', 'require-digest.yaml'), '# changed\n');
    expect((await read()).every(({ documents }) => documents === undefined)).toBe(true);
  });

  it('is an error if it is empty', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'k8s-gate-pack-'));
    mkdirSync(path.join(root, 'policies'));
    writeFileSync(path.join(root, 'policies', 'severity.yaml'), 'kube-linter: {}\n');
    const texts = await readPackTexts(createNodeFiles(), root);
    expect(() => parsePack(texts)).toThrow(/has no policies/);
  });
});
