import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startRegistry } from '../test/support/registry.ts';
import { goVersion, pushTrivyDb } from '../test/support/trivy-db.ts';
import { type Bench, newFolder, writeFiles } from './bench.ts';
import { type GateWanted, newCache, root, runGate } from './gate.ts';
import { pushImages } from './inputs/images.ts';
import { type FileTexts, manifestFiles } from './inputs/manifests.ts';
import { chartFiles, kustomizeFiles } from './inputs/templates.ts';
import { startSlowRegistry } from './slow-registry.ts';

/** A repository with a chart, a kustomization, plain manifests, images in a registry and its own policies. */
export interface Store {
  readonly files: FileTexts;
  readonly images: readonly string[];
  readonly database: string;
  readonly wanted: GateWanted;
}

export interface StoreWanted {
  readonly manifests: number;
  readonly images: number;
  readonly engines: readonly string[];
  /** The delay of each request to the registry. */
  readonly delayMs: number;
}

const policies = ['kyverno', 'rego'].map((language) => path.join(root, 'examples', 'policies', language));

/** Engines that evaluate a store if the machine has them. */
export const allEngines = ['cel', 'trivy', 'kyverno', 'opa', 'kube-linter'] as const;

export function enginesFor(bench: Bench): readonly string[] {
  const { engines, kubeLinter } = bench.tools;
  const has = { cel: true, trivy: engines.trivy, kyverno: engines.kyverno, opa: engines.opa, 'kube-linter': kubeLinter };
  return allEngines.filter((id) => has[id] !== undefined);
}

/** Why a store cannot be created on this machine. */
export function missingForStore(bench: Bench): string | undefined {
  const { engines } = bench.tools;
  const missing = (['helm', 'kustomize', 'trivy', 'registry'] as const).filter((id) => engines[id] === undefined);
  if (missing.length > 0) return `no ${missing.join(', ')} in the tool cache`;
  return goVersion() === undefined ? 'no go, which builds the small Trivy database' : undefined;
}

/** Creates a store, lets the gate download the database, and passes both to `use`; the registry stops afterwards. */
export async function withStore<T>(bench: Bench, store: StoreWanted, use: (store: Store) => Promise<T>): Promise<T> {
  const registry = await startRegistry(bench.tools.engines.registry?.path ?? '');
  const slow = store.delayMs === 0 ? undefined : await startSlowRegistry(registry.host, store.delayMs);
  try {
    await pushTrivyDb({ host: registry.host, repository: 'trivy-db' });
    const host = slow?.host ?? registry.host;
    const pushed = await pushImages(registry.host, store.images);
    const images = pushed.map((reference) => reference.replace(registry.host, host));
    const database = `${host}/trivy-db:2`;
    const files = storeFiles(store.manifests, images, database);
    const workspace = newFolder(bench, 'store');
    writeFiles(workspace, files);
    const wanted = { workspace, engines: store.engines, cacheDir: newCache(bench) };
    await runGate(bench, wanted);
    return await use({ files, images, database, wanted });
  } finally {
    slow?.stop();
    registry.stop();
  }
}

function storeFiles(manifests: number, images: readonly string[], database: string): FileTexts {
  const [first = ''] = images;
  const config = `version: 1\nengines:\n  trivy:\n    db: { repository: "${database}" }\n`;
  const own = policies.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !name.endsWith('_test.rego'))
      .map((name): [string, string] => [`.k8s-gate/policies/${name}`, readFileSync(path.join(folder, name), 'utf8')]),
  );
  return new Map([
    ...manifestFiles({ count: manifests, seed: 3, images }),
    ...chartFiles(first),
    ...kustomizeFiles(first),
    ['.k8s-gate.yaml', config],
    ...own,
  ]);
}
