import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { celEngine } from '../../src/engines/cel/engine.ts';
import { kyvernoEngine } from '../../src/engines/kyverno/engine.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import type { EngineRun } from '../../src/model/engine-run.ts';
import { isObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { defaultSeverityPolicy } from '../../src/model/severity.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { manifestSet, resource } from '../support/model.ts';
import { blob, descriptor, pushImage } from '../support/oci-image.ts';
import { examplePolicy, judgeByPolicies, policy, summary } from '../support/policy-bench.ts';
import { startRegistry } from '../support/registry.ts';
import { bareImage } from '../support/sample-images.ts';
import { applied, publish, pull } from '../support/suggestion-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { imageOf, runTrivyEngine } from '../support/trivy-bench.ts';

const [kyverno, trivy, registryTool] = await Promise.all(['kyverno', 'trivy', 'registry'].map(installedTool));
const shipped = path.join(import.meta.dirname, '../../policies/images/no-latest-tag.yaml');
const file = 'deploy/web.yaml';
const textWith = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app.kubernetes.io/name: web # keep
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${image} # the shop
`;

function read(text: string): Resource {
  const [document] = parseYaml({ file, text });
  if (document === undefined || !isObject(document.value)) throw new Error('no document');
  return resource({ uid: 'obj-1', name: 'web', object: document.value, origin: { locate: document.locate } });
}

/** The file with each suggestion applied, last line first, where the default policy judges; it suggests nothing for what it allows. */
async function mended(text: string, runs: readonly EngineRun[], policy = defaultSeverityPolicy) {
  const judged = collectFindings(runs, manifestSet({ resources: [read(text)] })).map((finding) => {
    return { finding, action: policy[finding.severity], decidedBy: 'default' };
  });
  const { comments } = await publish(judged, pull({ [file]: text }));
  return { comments, text: comments.toSorted((a, b) => b.line - a.line).reduce(applied, text) };
}

afterAll(removeTempFolders);

const noKyverno = kyverno === undefined;
describe.skipIf(noKyverno)(`kyverno's mutating rules, live${noKyverno ? ' (skipped: no kyverno in the tool cache)' : ''}`, () => {
  it('are suggested, and satisfied by what was suggested', async () => {
    const example = (name: string) => examplePolicy('kyverno', name);
    const labels = example('required-labels.yaml');
    // The label is low in the example, and so only listed.
    const policies = [
      example('add-default-limits.yaml'),
      example('require-limits.yaml'),
      { ...labels, text: labels.text.replace('severity: low', 'severity: high') },
    ];
    const judge = (text: string) => judgeByPolicies(kyvernoEngine, { tool: kyverno, policies, resources: [read(text)] });
    const before = textWith('registry.example.com/shop/web:1');
    const run = await judge(before);
    expect(summary(run.findings)).toEqual(
      expect.arrayContaining([
        'add-default-limits/limits high obj-1 spec.template.spec.containers[0].resources',
        'add-team-label/team high obj-1 metadata.labels.team',
        'require-limits/limits high obj-1 spec.template.spec.containers[0].resources',
      ]),
    );
    const after = await mended(before, [run]);
    expect(after.text).toBe(
      before.replace('# keep\n', '# keep\n    team: unassigned\n') +
        ['resources:', '  limits:', '    cpu: 500m', '    memory: 256Mi'].map((line) => `          ${line}\n`).join(''),
    );
    expect(summary((await judge(after.text)).findings)).toEqual([]);
  });
});

const missing = [trivy ? '' : 'trivy', registryTool ? '' : 'registry'].filter(Boolean).join(', ');
describe.skipIf(missing !== '')(
  `images by tag, live${missing === '' ? '' : ` (skipped: no ${missing} in the tool cache)`}`,
  () => {
    it('are pinned to the digest of what Trivy scanned: of the index, where there is one', async () => {
      const registry = await startRegistry(registryTool?.path ?? '');
      try {
        await pushImage(bareImage, registry.host, 'shop/web', '1');
        const manifests = [{ ...descriptor(bareImage.manifest), platform: { os: 'linux', architecture: 'amd64' } }];
        const mediaType = 'application/vnd.oci.image.index.v1+json';
        const index = blob(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
        const reference = await pushImage({ ...bareImage, manifest: index }, registry.host, 'shop/web', 'latest');
        const judge = async (text: string) => [
          await judgeByPolicies(celEngine, {
            tool: undefined,
            policies: [policy('cel', readFileSync(shipped, 'utf8'), 'no-latest-tag.yaml')],
            resources: [read(text)],
            options: { pack: false },
          }),
          await runTrivyEngine({
            tool: trivy,
            images: [imageOf(reference)],
            resources: [read(text)],
            options: { scanners: ['misconfig', 'secret'] },
            named: [registry.host],
          }),
        ];
        const aboutTags = (runs: readonly EngineRun[]) =>
          runs
            .flatMap((run) => (run.status === 'completed' ? run.findings : []))
            .map(({ rule }) => rule)
            .filter((rule) => rule === 'no-latest-tag' || rule === 'KSV-0013');
        const runs = await judge(textWith(reference));
        expect(aboutTags(runs)).toEqual(['no-latest-tag', 'KSV-0013']);
        const after = await mended(textWith(reference), runs, { ...defaultSeverityPolicy, medium: 'warn' });
        expect(after.text).toContain(`          image: ${reference}@${index.digest} # the shop\n`);
        const pinning = after.comments.filter(({ body }) => body.includes(index.digest));
        expect(pinning.map(({ body }) => ['no-latest-tag', 'KSV-0013'].every((rule) => body.includes(rule)))).toEqual([true]);
        expect(aboutTags(await judge(after.text))).toEqual([]);
      } finally {
        registry.stop();
      }
    });
  },
);
