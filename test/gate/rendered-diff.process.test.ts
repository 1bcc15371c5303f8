import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { diffCommand } from '../../src/commands/diff.ts';
import { renderCommand } from '../../src/commands/render.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { renderBody } from '../../src/reports/pull-request-comment/body.ts';
import { divide, judge, merge } from '../shards/run.ts';
import { publishContext } from '../support/changes.ts';
import { commandContext } from '../support/command-context.ts';
import { goodDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const helm = await installedTool('helm');
const noHelm = helm === undefined ? ' (skipped: no helm in the tool cache)' : '';

/** One value is in three resources, and one of them is a Secret. */
const chart = {
  'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'charts/shop/values.yaml': 'tag: one\npassword: hunter-one\n',
  'charts/shop/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.example.com/web:{{ .Values.tag }}
          securityContext: { privileged: true }
`,
  'charts/shop/templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, namespace: shop }\ndata: { tag: "{{ .Values.tag }}" }\n',
  'charts/shop/templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: web
  namespace: shop
  annotations: { kubectl.kubernetes.io/last-applied-configuration: 'stringData: {{ .Values.password }}' }
data: { password: "{{ .Values.password | b64enc }}", same: c2FtZQ== }
stringData: { url: "https://me:{{ .Values.password }}@{{ .Values.tag }}.example.com" }
`,
  'charts/shop/templates/other.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: shop }\n',
};
const head = { 'charts/shop/values.yaml': 'tag: two\npassword: hunter-one\n' };

const secretTexts = ['hunter', Buffer.from('hunter-one').toString('base64'), 'c2FtZQ'];

async function run(command: Command, folder: string, ...args: readonly string[]) {
  let log = '';
  const keep = (text: string): void => {
    log += `${text}\n`;
  };
  const ports = createNodePorts({ log: { debug: () => {}, info: keep, warn: keep, error: keep }, env: process.env });
  const { context, printed } = commandContext(folder, { env: process.env, ports, cores: 2 });
  const code = await command
    .run(args, context)
    .catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)));
  return { code, stdout: printed(), log };
}

describe.skipIf(helm === undefined)(`a Helm value of three resources${noHelm}`, () => {
  it('shows them in the comment, with the finding at its line and without values of the Secret', async () => {
    const { folder, baseSha } = await checkOut({ base: chart, head });
    const { verdict, report } = await judge({ workspace: folder, engines: 'cel', context: { baseSha } });
    expect(verdict.difference).toMatchObject({ counts: { added: 0, changed: 3, removed: 0 }, unchanged: 1, notCompared: [] });
    const comment = renderBody(verdict, publishContext);
    expect(comment).toContain('<summary>Rendered difference: 3 resources changed</summary>');
    expect(comment).toContain('+          image: registry.example.com/web:two');
    expect(comment).toMatch(/privileged: true\n! critical cel\/privileged: .* \(must be fixed\)/);
    expect(comment).toContain('-  url: (hidden)\n+  url: (hidden, changed)');
    for (const text of [comment, JSON.stringify(report)]) for (const value of secretTexts) expect(text).not.toContain(value);
  });

  it('is nothing on a push, and once in a run of shards: in the merge', async () => {
    const { folder, baseSha } = await checkOut({ base: chart, head });
    const asked = { workspace: folder, engines: 'cel', context: { baseSha } };
    const pushed = await judge({ ...asked, context: {} });
    expect(pushed.verdict.difference).toBeUndefined();
    const parts = await divide(asked, 2);
    expect(parts.shards.map(({ verdict }) => verdict.difference)).toEqual([undefined, undefined]);
    const merged = await merge(asked, parts.folder);
    expect(merged.verdict.difference?.counts).toEqual({ added: 0, changed: 3, removed: 0 });
    expect(merged.report).toEqual((await judge(asked)).report);
  });

  it('is shown by k8s-gate diff', async () => {
    const { folder, baseSha } = await checkOut({ base: chart, head });
    const { code, stdout } = await run(diffCommand, folder, '--base', baseSha);
    expect(code).toBe(0);
    expect(stdout).toContain('Rendered difference: 3 resources changed');
    expect(stdout).toContain('\n-  tag: one\n+  tag: two\n');
    for (const value of secretTexts) expect(stdout).not.toContain(value);
    expect((await run(diffCommand, folder, '--base', baseSha, '--exit-code')).code).toBe(1);
    expect((await run(diffCommand, folder, '--exit-code')).code).toBe(0);
    writeFileSync(path.join(folder, 'charts/shop/values.yaml'), 'tag: three\npassword: hunter-one\n');
    expect((await run(diffCommand, folder)).stdout).toContain('\n-  tag: two\n+  tag: three\n');
  });

  it('is not called removed where the chart no longer renders', async () => {
    const broken = { 'charts/shop/templates/web.yaml': '{{ fail "no" }}' };
    const { folder, baseSha } = await checkOut({ base: chart, head: broken });
    const { code, stdout } = await run(diffCommand, folder, '--base', baseSha);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^charts\/shop was not rendered with the change, so it is not compared: /m);
    expect(stdout).not.toContain('/dev/null');
  });
});

describe.skipIf(helm === undefined)(`k8s-gate render${noHelm}`, () => {
  const files = { ...chart, 'deploy/web.yaml': goodDeployment };

  it('prints each resource with its source, without values of Secrets', async () => {
    const { folder } = await checkOut({ base: files, head: {} });
    const { code, stdout } = await run(renderCommand, folder);
    expect(code).toBe(0);
    expect(stdout.match(/^---$/gm)).toHaveLength(5);
    expect(stdout).toContain('\n# Secret shop/web of charts/shop\n# Source: charts/shop/templates/secret.yaml:1');
    for (const value of secretTexts) expect(stdout).not.toContain(value);
    const shown = (await run(renderCommand, folder, '--show-secrets', '--deployable', './charts/shop/')).stdout;
    for (const value of secretTexts) expect(shown).toContain(value);
    expect(shown.match(/^---$/gm)).toHaveLength(4);
  });

  it('writes a file for each deployable, and only into an empty folder', async () => {
    const { folder } = await checkOut({ base: files, head: {} });
    const out = path.join(emptyFolder(), 'rendered');
    expect(await run(renderCommand, folder, '--out', out)).toMatchObject({ code: 0 });
    expect(readdirSync(out).toSorted()).toEqual(['charts_shop.yaml', 'deploy_web.yaml']);
    expect(readFileSync(path.join(out, 'deploy_web.yaml'), 'utf8')).toMatch(/^---\n# Deployment .* of deploy\/web\.yaml\n/);
    expect((await run(renderCommand, folder, '--out', out)).code).toMatch(/is not empty/);
  });

  it('refuses a deployable that does not exist, and fails where something does not render', async () => {
    const { folder } = await checkOut({ base: files, head: {} });
    expect((await run(renderCommand, folder, '--deployable', 'charts/shp')).code).toMatch(/expected `charts\/shop`/);
    mkdirSync(path.join(folder, 'charts/shop/templates'), { recursive: true });
    writeFileSync(path.join(folder, 'charts/shop/templates/web.yaml'), '{{ fail "no" }}');
    const out = path.join(emptyFolder(), 'rendered');
    const failed = await run(renderCommand, folder, '--out', out);
    expect(failed.code).toBe(2);
    expect(failed.log).toContain('charts/shop');
    expect(existsSync(path.join(out, 'deploy_web.yaml'))).toBe(true);
  });

  it('has no command of a GitHub runner', async () => {
    const config =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "a ##[group]" }\ndata:\n  a: |\n    ::error::x\n    ##[add-path]y\n';
    const { folder } = await checkOut({ base: { 'deploy/a.yaml': config }, head: {} });
    const { stdout } = await run(renderCommand, folder);
    expect(stdout).toContain('kind: ConfigMap');
    expect(stdout).not.toMatch(/^\s*::|##\[/m);
  });
});
