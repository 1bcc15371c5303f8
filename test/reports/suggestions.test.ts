import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { celEngine } from '../../src/engines/cel/engine.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import { parsePath } from '../../src/model/field-path.ts';
import type { EngineFinding } from '../../src/model/finding.ts';
import { isObject } from '../../src/model/json.ts';
import { diff } from '../../src/model/json-diff.ts';
import { suggestionsPublisher } from '../../src/reports/suggestions/publisher.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { publishContext } from '../support/changes.ts';
import { MemoryGitHub } from '../support/github-memory.ts';
import { completed, manifestSet, resource } from '../support/model.ts';
import { nodePorts } from '../support/node-ports.ts';
import { judgeByPolicies, policy } from '../support/policy-bench.ts';
import { blocked } from '../support/verdicts.ts';

const text = `# Storefront
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: true   # for now
      containers:
      - image: web:1
        name: web
        # talks to the kernel
        securityContext: {privileged: true}
      - name: log
        image: log:1 # shipped
`;
const file = 'deploy/web.yaml';
const [document] = parseYaml({ file, text });
if (document === undefined || !isObject(document.value)) throw new Error('no document');
const { value: object } = document;
const web = resource({ uid: 'obj-1', name: 'web', object, origin: { locate: document.locate } });

/** The file as it is once each suggestion's button was pressed, last line first. */
async function afterSuggestions(findings: readonly EngineFinding[]): Promise<string> {
  const github = new MemoryGitHub();
  github.files.set(file, text);
  const lines = text.trimEnd().split('\n');
  github.pullFiles = [{ path: file, status: 'added', patch: `@@ -0,0 +1,${lines.length} @@\n+${lines.join('\n+')}` }];
  const collected = collectFindings([completed({ findings })], manifestSet({ resources: [web] }));
  const verdict = {
    ...blocked,
    findings: collected.map((finding) => ({ finding, action: 'block' as const, decidedBy: 'default' })),
  };
  await suggestionsPublisher.publish(verdict, publishContext, { github, clock: nodePorts.clock, log: nodePorts.log });
  const comments = github.reviews.flatMap(({ review }) => review.comments).toSorted((a, b) => b.line - a.line);
  return comments
    .reduce((left, { line, startLine = line, body }) => {
      const lines = /```suggestion\n([\s\S]*?)\n```/.exec(body)?.[1]?.split('\n') ?? [];
      return left.toSpliced(startLine - 1, line - startLine + 1, ...lines);
    }, text.split('\n'))
    .join('\n');
}

function shipped(name: string) {
  const from = path.join(import.meta.dirname, '../../policies', `${name}.yaml`);
  return policy('cel', readFileSync(from, 'utf8'), `${name}.yaml`);
}

it('fixes what the pack finds', async () => {
  const policies = ['baseline/privileged', 'baseline/host-namespaces', 'restricted/privilege-escalation'].map((name) =>
    shipped(`pod-security-${name}`),
  );
  const { findings } = await judgeByPolicies(celEngine, {
    tool: undefined,
    resources: [web],
    policies,
    options: { pack: false },
  });
  expect(await afterSuggestions(findings)).toBe(
    text
      .replace('privileged: true', 'privileged: false')
      .replace('hostNetwork: true', 'hostNetwork: false')
      .replace('# shipped\n', '# shipped\n        securityContext:\n          allowPrivilegeEscalation: false\n'),
  );
});

it('writes down what a mutating rule of Kyverno would add', async () => {
  const patch = diff(object, { ...object, metadata: { name: 'web', namespace: 'shop', labels: { team: 'shop', tier: '1' } } });
  const [first] = patch;
  const subject = { kind: 'resource', resource: 'obj-1', path: parsePath(first?.path ?? '') } as const;
  const after = await afterSuggestions([
    {
      engine: 'kyverno',
      rule: 'labels/add',
      category: 'policy',
      title: 'x',
      severity: 'low',
      subject,
      fix: { text: 'x', patch },
    },
  ]);
  expect(after).toBe(text.replace('namespace: shop\n', 'namespace: shop\n  labels:\n    team: shop\n    tier: "1"\n'));
});
