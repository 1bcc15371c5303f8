import { afterAll, beforeAll, expect, it } from 'vitest';
import { repository } from '../support/gate-process.ts';
import { pushImage } from '../support/oci-image.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { bareImage, vulnerableAlpine, vulnerableDebian } from '../support/sample-images.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';
import { type Asked, divide, judge, merge } from './run.ts';

const shards = 4;
const manifests = 10_000;
/** Each a repository and tag of its own in a real registry, of a few distinct images, as releases of one base are. */
const references = 1_000;
const tagsEach = 4;

const [trivy, registryTool] = await Promise.all([installedTool('trivy'), installedTool('registry')]);
const missing = [trivy ? '' : 'trivy', registryTool ? '' : 'registry', goVersion() === undefined ? 'go' : ''].filter(Boolean);
if (missing.length > 0) console.warn(`images at scale: skipped, there is no ${missing.join(', ')}`);

let registry: TestRegistry | undefined;
beforeAll(async () => {
  if (missing.length === 0) registry = await startRegistry(registryTool?.path ?? '');
});
afterAll(() => {
  registry?.stop();
  removeTempFolders();
});

const pod = (name: string, image: string, privileged: boolean): string =>
  `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: team-${name.length} }
spec:
  containers:
    - name: main
      image: ${image}
      securityContext: { privileged: ${privileged} }
`;
const service = (name: string): string =>
  `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`;

/** A hundred to a file. */
function filesOf(documents: readonly string[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let start = 0; start < documents.length; start += 100)
    files[`deploy/part-${start / 100}.yaml`] = documents.slice(start, start + 100).join('---\n');
  return files;
}

async function divided(asked: Asked) {
  const { folder, shards: parts } = await divide(asked, shards);
  const seen = parts.map(({ verdict }) => verdict.totals);
  return { merged: await merge(asked, folder), seen };
}

it(`judges ${manifests} manifests in ${shards} parts as in one`, { timeout: 600_000 }, async () => {
  const documents = Array.from({ length: manifests }, (_, index) =>
    index % 10 === 0
      ? pod(`pod-${index}`, `registry.example/shop/app-${index}:1`, index % 1_000 === 0)
      : service(`service-${index}`),
  );
  const asked = { workspace: await repository(filesOf(documents)), engines: 'cel' };
  const { merged, seen } = await divided(asked);
  expect(merged.verdict).toMatchObject({ outcome: 'block', errors: [], totals: { resources: manifests } });
  expect(merged.verdict.findings.filter(({ finding }) => finding.rule === 'privileged')).toHaveLength(manifests / 1_000);
  expect(seen.reduce((sum, { resources }) => sum + resources, 0)).toBe(manifests);
  for (const { resources } of seen) expect(resources).toBeGreaterThan((0.85 * manifests) / shards);
  expect(merged.report).toEqual((await judge(asked)).report);
});

it.skipIf(missing.length > 0)(`scans ${references} image references in ${shards} parts`, { timeout: 600_000 }, async () => {
  const host = registry?.host ?? '';
  const database = await pushTrivyDb({ host, repository: 'trivy-db' });
  const images = [vulnerableAlpine, vulnerableDebian, bareImage] as const;
  const names: string[] = [];
  for (let index = 0; index < references; index++) {
    const repositoryName = `team/app-${Math.floor(index / tagsEach)}`;
    names.push(await pushImage(images[index % 3] ?? bareImage, host, repositoryName, `1.${index % tagsEach}`));
  }
  const config = `version: 1\nengines: { trivy: { scanners: [vuln], db: { repository: "${database}" }, parallel: 4 } }\n`;
  const documents = names.map((name, index) => pod(`pod-${index}`, name, false));
  const workspace = await repository({ '.k8s-gate.yaml': config, ...filesOf(documents) });
  const asked = { workspace, engines: 'cel,trivy', tools: [`trivy=${trivy?.path}`], cacheDir: emptyFolder() };
  const { merged, seen } = await divided(asked);
  expect(merged.verdict.errors.map(({ message }) => message)).toEqual([]);
  expect(merged.verdict.totals).toMatchObject({ images: references });
  expect(seen.reduce((sum, part) => sum + part.images, 0)).toBe(references);
  const scanned = merged.verdict.coverage.filter(
    ({ kind, entries }) => kind === 'image' && entries.some(({ status }) => status === 'evaluated'),
  );
  expect(scanned).toHaveLength(references);
  const vulnerable = merged.verdict.findings.filter(({ finding }) => finding.rule === 'CVE-2025-9230');
  const alpine = names.filter((_, index) => index % 3 === 0);
  expect(
    new Set(vulnerable.flatMap(({ finding }) => (finding.subject.kind === 'image' ? [finding.subject.reference] : []))),
  ).toEqual(new Set(alpine));
});
