import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseInputs } from '../../src/inputs/inputs.ts';
import { createNodeFiles } from '../../src/ports/node-files.ts';
import { repository } from '../render/bench.ts';
import { codeBlocks } from '../support/markdown-blocks.ts';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const blocks = codeBlocks(readFileSync(path.join(root, 'docs/rollout.md'), 'utf8')).map(({ text }) => text);
const blockWith = (start: string) => blocks.find((text) => text.startsWith(start)) ?? '';

function extended(own: string) {
  const shared = repository({ '.k8s-gate.yaml': blockWith('# settings/.k8s-gate.yaml') });
  const openBundle = async () => ({
    ...({ status: 'fetched', root: shared, shown: 'github.com/org/gate-3f786850e387/settings', file: '.k8s-gate.yaml' } as const),
  });
  const workspace = repository({ '.k8s-gate.yaml': own });
  return parseInputs({ workspace, cores: 1, outputs: [], publish: [] }, { files: createNodeFiles(), openBundle });
}

it('the settings of docs/rollout.md are extended as it states', async () => {
  const { config } = await extended(blockWith('# .k8s-gate.yaml of a repository'));
  expect(config.severity.high).toBe('block');
  expect(config.environments).toMatchObject([
    {
      name: 'production',
      match: { paths: ['overlays/production/**'], namespaces: ['production'] },
      severity: { unknown: 'block' },
    },
  ]);
  expect(config.organization?.waivers).toMatchObject({ maxDays: 90, never: ['cel/privileged'] });
});

it('the message of docs/rollout.md is that of the gate', async () => {
  const [address = ''] = /extends: \S+/.exec(blockWith('# .k8s-gate.yaml of a repository')) ?? [];
  const printed = blockWith('.k8s-gate.yaml:5:3').trim().replace('\n', ' ');
  const own = `version: 1\n${address}\n# stricter\nseverity:\n  high: warn\n`;
  await expect(extended(own)).rejects.toThrow(printed);
});
