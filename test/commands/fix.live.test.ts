import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { fixCommand } from '../../src/commands/fix.ts';
import { commit, repository } from '../support/git-repository.ts';
import { runCommand } from '../support/in-process.ts';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

async function missing(...ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(ids.map(async (id) => ((await installedTool(id)) === undefined ? [id] : [])));
  return found.flat();
}
const noRenderers = await missing('helm', 'kustomize');
const why = (absent: readonly string[]): string =>
  absent.length === 0 ? '' : ` (skipped: no ${absent.join(' and ')} in the tool cache)`;
const read = (folder: string, file: string): string => readFileSync(path.join(folder, file), 'utf8');

describe.skipIf(noRenderers.length > 0)(`k8s-gate fix of what is rendered${why(noRenderers)}`, () => {
  it('edits values where a template takes them from, and the template where it has a literal', async () => {
    const folder = repository();
    const values = `# defaults
securityContext:
  # keep
  privileged: true
other: {} # nothing yet
host: true
`;
    const template = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      hostNetwork: {{ .Values.host }}
      hostPID: true # debugging
      containers:
        - name: web
          image: registry.example/web:1.0
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
        - name: side
          image: registry.example/side:1.0
          {{- with .Values.other }}
          securityContext:
            {{- toYaml . | nindent 12 }}
          {{- end }}
`;
    commit(folder, {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'chart/values.yaml': values,
      'chart/templates/web.yaml': template,
    });
    const rules = ['privileged', 'host-namespaces', 'privilege-escalation'].flatMap((rule) => ['--rule', `cel/${rule}`]);
    const { stdout } = await runCommand(fixCommand, ['--engines', 'cel', ...rules], folder);
    expect(stdout).toMatch(/Before: BLOCKED .*\nAfter: {2}PASS /);
    expect(read(folder, 'chart/values.yaml')).toBe(`# defaults
securityContext:
  # keep
  privileged: false
  allowPrivilegeEscalation: false
other: # nothing yet
  allowPrivilegeEscalation: false
host: false
`);
    expect(read(folder, 'chart/templates/web.yaml')).toBe(template.replace('hostPID: true #', 'hostPID: false #'));
    expect((await runCommand(fixCommand, ['--engines', 'cel', ...rules], folder)).stdout).toContain('Nothing to fix');
  });

  it('edits the base or the patch that has the field', async () => {
    const folder = repository();
    const base = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web # the app
          image: registry.example/web:1.0
          securityContext:
            privileged: true
`;
    const patch = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      hostNetwork: true # for now
      containers:
        - name: side
          image: registry.example/side:1.0
          securityContext: { capabilities: { add: [SYS_ADMIN, CHOWN] } }
`;
    commit(folder, {
      'base/web.yaml': base,
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: patch.yaml }]\n',
      'prod/patch.yaml': patch,
    });
    expect((await runCommand(fixCommand, ['--engines', 'cel'], folder)).code).toBe(0);
    expect(read(folder, 'base/web.yaml')).toBe(base.replace('privileged: true', 'privileged: false'));
    expect(read(folder, 'prod/patch.yaml')).toBe(
      patch.replace('hostNetwork: true', 'hostNetwork: false').replace('[SYS_ADMIN, CHOWN]', '[CHOWN]'),
    );
  });
});

const linters = [
  { engine: 'trivy', least: 15, absent: await missing('trivy') },
  { engine: 'kube-linter', least: 8, absent: await missing('kube-linter') },
];
describe.each(linters)('k8s-gate fix of what $engine reports', ({ engine, least, absent }) => {
  it.skipIf(absent.length > 0)(`removes each finding with a suggestion, of at least ${least} rules${why(absent)}`, async () => {
    const folder = repository();
    const cases = path.join(root, 'test/policies/cases');
    const files = readdirSync(cases).flatMap((file) => {
      const { fail } = parse(read(cases, file)) as {
        readonly fail: readonly { readonly object: { readonly metadata: object } }[];
      };
      const rule = path.basename(file, '.yaml');
      return fail.map(({ object }, index) => {
        const named = { ...object, metadata: { ...object.metadata, name: `${rule}-${index}`, namespace: 'shop' } };
        return [`deploy/${rule}-${index}.yaml`, stringify(named)] as const;
      });
    });
    commit(folder, {
      ...Object.fromEntries(files),
      '.k8s-gate.yaml': 'version: 1\nengines: { trivy: { scanners: [misconfig] } }\n',
    });
    const { stdout, log } = await runCommand(fixCommand, ['--engines', engine, '--all', '--no-cache'], folder);
    const fixedPart = /^Fixed[\s\S]*?\n\n/m.exec(stdout)?.[0] ?? log;
    const rules = new Set([...fixedPart.matchAll(new RegExp(` {2}(${engine}/\\S+) `, 'g'))].map(([, rule]) => rule));
    expect([...rules].toSorted().length, [...rules].toSorted().join(' ')).toBeGreaterThanOrEqual(least);
    expect(stdout.match(/^.*\n {6}not applied: .*/gm) ?? []).toEqual([]);
  });
});
