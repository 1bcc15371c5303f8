import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policiesCommand } from '../../src/commands/policies.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const tool = await installedTool('gatekeeper');
const kyverno = await installedTool('kyverno');

const tools = [tool, kyverno].flatMap((one) => (one === undefined ? [] : ['--tool', `${one.id}=${one.path}`]));

async function run(target: string): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const code = await policiesCommand.run(['test', target, ...tools], {
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

    it('reports a suite that is not YAML, and runs the others', async () => {
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

describe.skipIf(kyverno === undefined)(
  `policies test of Kyverno${kyverno === undefined ? ' (skipped: no kyverno in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    const pods = `apiVersion: v1
kind: Pod
metadata: {name: good}
spec: {containers: [{name: a, image: "a:1", resources: {limits: {cpu: 1, memory: 1Gi}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: a, image: "a:1"}]}
`;
    const limits = (bad: string, policy = '../require-limits.yaml') => `apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: limits}
policies: [${policy}]
resources: [pods.yaml]
results:
  - {policy: require-limits, rule: limits, kind: Pod, resources: [good], result: pass}
  - {policy: require-limits, rule: limits, kind: Pod, resources: [${bad}], result: fail}
`;
    function written(test: string): string {
      const folder = emptyFolder();
      cpSync(path.join(root, 'examples/policies/kyverno/require-limits.yaml'), path.join(folder, 'require-limits.yaml'));
      mkdirSync(path.join(folder, 'tests'));
      writeFileSync(path.join(folder, 'tests/pods.yaml'), pods);
      writeFileSync(path.join(folder, 'tests/kyverno-test.yaml'), test);
      return folder;
    }

    it('passes', async () => {
      const { code, text } = await run(written(limits('bad')));
      expect(text).toContain('tests/kyverno-test.yaml (Kyverno tests)\n  ok    require-limits/limits v1/Pod/default/good\n');
      expect(text).toContain('2 passed, 0 failed, 0 skipped in 1 file(s)');
      expect(code).toBe(0);
    });

    it('fails with another result, and with a resource that Kyverno leaves out', async () => {
      const wrong = await run(written(limits('bad').replace('result: fail', 'result: pass')));
      expect(wrong.text).toContain('  FAIL  require-limits/limits v1/Pod/default/bad\n        Want pass, got fail');
      expect(wrong.code).toBe(1);
      const misspelled = await run(written(limits('bat')));
      expect(misspelled.text).toContain('  FAIL  require-limits/limits bat\n        Kyverno did not report on it');
      expect(misspelled.code).toBe(1);
    });

    it.each([
      ['a policy that does not exist', limits('bad', '../other.yaml')],
      ['a misspelled key', limits('bad').replace('resources: [pods', 'resorces: [pods')],
    ])('is an error with %s', async (_what, test) => {
      expect((await run(written(test))).code).toBe(2);
    });
  },
);
