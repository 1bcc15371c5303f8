import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { kyvernoEngine } from '../../src/engines/kyverno/engine.ts';
import { opaEngine } from '../../src/engines/opa/engine.ts';
import { createNodeProcesses } from '../../src/ports/node-processes.ts';
import type { Command } from '../../src/ports/ports.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { judgeByPolicies, manifest, policy, summary } from '../support/policy-bench.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const processes = createNodeProcesses({});
const ports = { ...nodePorts, processes };
const [opa, kyverno] = [await installedTool('opa'), await installedTool('kyverno')];
const cutOff = await processes.run({
  ...{ executable: '/bin/true', args: [], cwd: '/', env: {}, timeoutMs: 9_000, maxOutputBytes: 100 },
  network: 'none',
});
const possible = cutOff.notIsolated === undefined;
const settings = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}');

afterEach(stopServers);
afterAll(removeTempFolders);

/** The binary itself, without the guards that the engine has before it: here only the sandbox restricts a policy. */
function bare(executable: string, args: readonly string[], rest: Partial<Command>) {
  const home = emptyFolder();
  const env = { HOME: home, LANG: 'C.UTF-8', TZ: 'UTC' };
  return processes.run({ executable, args, cwd: home, env, timeoutMs: 60_000, maxOutputBytes: 1e6, ...rest });
}

describe.skipIf(opa === undefined || !possible)('opa in the sandbox', () => {
  const run = (expression: string, rest: Partial<Command>) =>
    bare(opa?.path ?? '', ['eval', '--format', 'raw', expression], { network: 'none', ...rest });

  it('reaches no server with http.send', async () => {
    const server = await serve((_request, response) => response.end('{}'));
    const call = `http.send({"method": "get", "url": "${server.url}", "raise_error": false}).status_code`;
    expect((await run(call, {})).stdout.trim()).toBe('0');
    expect(server.seen).toEqual([]);
    expect((await run(call, { network: 'allowed' })).stdout.trim()).toBe('200');
  });

  it('is stopped at its limit of memory, by name', async () => {
    const bomb = 'count([x | some i in numbers.range(1, 9000000); x := sprintf("%d", [i])])';
    const { end, stderr } = await run(bomb, { memoryBytes: 300 * 2 ** 20 });
    expect(end, stderr.slice(0, 600)).toBe('memory-limit');
    expect(await run('1 + 1', { memoryBytes: 300 * 2 ** 20 })).toMatchObject({ end: 'exited', exitCode: 0 });
  });

  it('judges as an engine', async () => {
    const own = policy('rego', 'package main\ndeny contains "no" if input.kind == "ConfigMap"');
    const run = await judgeByPolicies(opaEngine, { tool: opa, policies: [own], resources: [settings], ports });
    expect(summary(run.findings)).toEqual(['main.deny high settings']);
  });
});

describe.skipIf(kyverno === undefined || !possible)('kyverno in the sandbox', () => {
  const calling = (url: string) => `
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: get}
spec:
  validationActions: [Audit]
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]}
  validations: [{expression: 'http.Get("${url}").ok == "y"', message: refused}]
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: call}
spec:
  rules:
    - name: r
      match: {any: [{resources: {kinds: [ConfigMap]}}]}
      context: [{name: c, apiCall: {service: {url: "${url}"}, method: GET}}]
      validate: {message: m, deny: {conditions: {any: [{key: "{{ c.ok }}", operator: Equals, value: "y"}]}}}
`;

  it('reaches no server with http.Get, a service call, or for policies that are in a repository', async () => {
    const server = await serve((_request, response) => response.end('{"ok": "y"}'));
    const folder = emptyFolder();
    await nodePorts.files.write(path.join(folder, 'policy.yaml'), calling(server.url));
    await nodePorts.files.write(path.join(folder, 'settings.yaml'), JSON.stringify(settings.object));
    const apply = (from: string, rest: Partial<Command>) =>
      bare(kyverno?.path ?? '', ['apply', from, '--resource', path.join(folder, 'settings.yaml')], rest);
    expect((await apply(path.join(folder, 'policy.yaml'), { network: 'none' })).end).toBe('exited');
    const remote = `${server.url}/owner/policies/main`;
    expect((await apply(remote, { network: 'none' })).end).toBe('exited');
    expect(server.seen).toEqual([]);
    // Kyverno 1.19 makes neither call offline, sandbox or not; the repository shows that it would have got through.
    await apply(remote, { network: 'allowed' });
    expect(server.seen).not.toEqual([]);
  });

  it('judges as an engine', async () => {
    const text = `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: none}
spec: {rules: [{name: r, match: {any: [{resources: {kinds: [ConfigMap]}}]}, validate: {message: m, deny: {}}}]}`;
    const own = policy('kyverno', text);
    const run = await judgeByPolicies(kyvernoEngine, { tool: kyverno, policies: [own], resources: [settings], ports });
    expect(summary(run.findings)).toEqual(['none/r medium settings']);
  });
});

describe('every child of an engine or renderer', () => {
  const root = path.join(import.meta.dirname, '../..');
  it.each(['engines/kube-linter/process.ts', 'engines/kyverno/process.ts', 'engines/opa/process.ts', 'render/run-tool.ts'])(
    'of %s has no network',
    (file) => {
      const text = readFileSync(path.join(root, 'src', file), 'utf8');
      expect(text.match(/(?:processes\.run|runProcess)\(/g)).toHaveLength(1);
      expect(text).toContain("network: 'none',");
    },
  );
});
