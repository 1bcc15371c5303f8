import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policiesCommand } from '../../src/commands/policies.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const tool = await installedTool('gatekeeper');

async function run(target: string): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const code = await policiesCommand.run(['test', target, '--tool', `gatekeeper=${tool?.path}`], {
    cwd: root,
    env: process.env,
    ports: createNodePorts({ log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, env: process.env }),
    stdout: (more) => {
      text += more;
    },
    terminal: { color: false, width: 80 },
    gateRoot: root,
    gateVersion: '0.0.0',
    cores: 2,
    signal: new AbortController().signal,
    openResults: () => Promise.reject(new Error('policies test stores nothing')),
  });
  return { code, text };
}

describe.skipIf(tool === undefined)(
  `policies test${tool === undefined ? ' (skipped: no gatekeeper in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('passes the shipped examples', async () => {
      const { code, text } = await run('examples/policies');
      expect(text).toContain('  ok    allowed-registries/other-registry\n');
      expect(text).toContain('4 passed, 0 failed, 0 skipped in 1 file(s)');
      expect(code).toBe(0);
    });

    it('fails if a case fails, and names it', async () => {
      const folder = emptyFolder();
      cpSync(path.join(root, 'examples/policies/gatekeeper'), folder, { recursive: true });
      const suite = path.join(folder, 'suite.yaml');
      writeFileSync(suite, readFileSync(suite, 'utf8').replace('violations: no', 'violations: yes'));
      const { code, text } = await run(folder);
      expect(text).toContain('  FAIL  allowed-registries/own-registry\n        unexpected number of violations');
      expect(text).toContain('3 passed, 1 failed');
      expect(code).toBe(1);
    });

    it('reports a suite that is no YAML, and runs the others', async () => {
      const folder = emptyFolder();
      cpSync(path.join(root, 'examples/policies/gatekeeper'), folder, { recursive: true });
      writeFileSync(path.join(folder, 'broken.yaml'), 'apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests: [\n');
      const { code, text } = await run(folder);
      expect(text).toContain('4 passed, 0 failed, 0 skipped in 2 file(s); 1 of them could not be run');
      expect(code).toBe(2);
    });

    it('is an error without tests', async () => {
      await expect(run(emptyFolder())).rejects.toThrow('there are no policy tests');
    });
  },
);
