import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { parseInputs } from './inputs.ts';
import type { RawInputs } from './raw-inputs.ts';

afterAll(removeTempFolders);

async function notes(part: Partial<RawInputs>, config = 'version: 1\n'): Promise<readonly string[]> {
  const workspace = repository({ '.k8s-gate.yaml': config });
  const raw = { workspace, cores: 2, paths: [], exclude: [], engines: 'cel', outputs: [], publish: [], ...part };
  return (await parseInputs(raw, { files: createNodeFiles() })).notes;
}

describe('only-new', () => {
  const hasNoEffect = [expect.stringContaining('only-new has no effect in this run')];

  it.each<[string, Partial<RawInputs>, string?]>([
    ['as input of a push', { onlyNew: true }],
    ['in the configuration', {}, 'version: 1\nonlyNew: true\n'],
    ['where nothing is compared', { onlyNew: true, compare: false, trusted: repository({ '.k8s-gate.yaml': 'version: 1\n' }) }],
  ])('is reported where there is no base to compare with: %s', async (_where, part, config) => {
    expect(await notes(part, config)).toEqual(hasNoEffect);
  });

  it('is not reported where there is one, or where it is off', async () => {
    expect(await notes({ onlyNew: true, trusted: repository({ '.k8s-gate.yaml': 'version: 1\n' }) })).toEqual([]);
    expect(await notes({ onlyNew: false }, 'version: 1\nonlyNew: true\n')).toEqual([]);
    expect(await notes({})).toEqual([]);
  });
});

describe('comment', () => {
  const publish = ['check-run', 'pull-request-comment'];
  async function settings(part: Partial<RawInputs>, config = ''): Promise<unknown> {
    const workspace = repository({ '.k8s-gate.yaml': `version: 1\n${config}` });
    const raw = { workspace, cores: 2, paths: [], exclude: [], engines: 'cel', outputs: [], publish, ...part };
    const { publishers, comment } = await parseInputs(raw, { files: createNodeFiles() });
    return { ...comment, publish: publishers.map(({ id }) => id) };
  }
  const all = { onlyFindings: false, mentionOwners: false, publish };

  it('is always made by default', async () => {
    expect(await settings({})).toEqual(all);
  });

  it.each<[string, string, Partial<RawInputs>, object]>([
    ['the configuration', 'comment: on-findings\nmentionOwners: true\n', {}, { onlyFindings: true, mentionOwners: true }],
    ['the configuration', 'comment: never\n', {}, { publish: ['check-run'] }],
    ['the input, which has precedence', 'comment: never\nmentionOwners: true\n', { comment: 'always', mentionOwners: false }, {}],
    ['the input', '', { comment: 'false' }, { publish: ['check-run'] }],
    ['the input', '', { comment: 'True' }, {}],
  ])('is set by %s: %s', async (_where, config, part, expected) => {
    expect(await settings(part, config)).toEqual({ ...all, ...expected });
  });

  it('is not switched off by the change: the configuration of the base is in force', async () => {
    const trusted = repository({ '.k8s-gate.yaml': 'version: 1\n' });
    expect(await settings({ trusted }, 'comment: never\nmentionOwners: true\n')).toEqual(all);
  });

  it('is refused with any other value', async () => {
    await expect(settings({ comment: 'sometimes' })).rejects.toThrow('comment: `sometimes` is not a valid value');
    await expect(settings({}, 'comment: sometimes\n')).rejects.toThrow('always');
  });
});

describe('the Kubernetes version of charts', () => {
  it.each([
    ['', { kubeVersion: '1.34.0' }],
    ['engines: { schema: { kubernetesVersion: "1.36" } }', { kubeVersion: '1.36.0' }],
    ['engines: { schema: { kubernetesVersion: "1.36" } }\nhelm: { kubeVersion: "1.33" }', { kubeVersion: '1.33' }],
    [
      'engines: { schema: { environments: { production: "1.35.2" } } }\nenvironments: { production: { namespaces: [a] } }',
      { kubeVersion: '1.34.0', kubeVersions: { production: '1.35.2' } },
    ],
  ])('is that of their schemas, unless the configuration has another: %j', async (config, expected) => {
    const workspace = repository({ '.k8s-gate.yaml': `version: 1\n${config}\n` });
    const raw = { workspace, cores: 2, paths: [], exclude: [], engines: 'schema', outputs: [], publish: [] };
    const { helm } = (await parseInputs(raw, { files: createNodeFiles() })).config;
    expect(helm).toEqual({ charts: [], apiVersions: [], ...expected });
  });
});
