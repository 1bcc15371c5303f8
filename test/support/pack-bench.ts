import path from 'node:path';
import { celEngine } from '../../src/engines/cel/engine.ts';
import { celOptionsSchema } from '../../src/engines/cel/options.ts';
import { createResults } from '../../src/engines/results.ts';
import { isObject } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { manifestSet, resource } from './model.ts';
import { nodePorts } from './node-ports.ts';
import { plainCanonicalizer } from './plain-canonicalizer.ts';

const gateRoot = path.join(import.meta.dirname, '..', '..');

/** What the CEL engine reports about manifests by the shipped pack, in addition to a policy of the user's own. */
export async function judgedByPack(manifests: string, policy?: string, results = createResults()) {
  const file = 'deploy/a.yaml';
  const resources = parseYaml({ file, text: manifests, errorCode: 'MANIFEST_INVALID' }).map((document, index) => {
    const object = isObject(document.value) ? document.value : {};
    const { apiVersion, kind, metadata } = object;
    const origin = { locate: (at: readonly (string | number)[]) => ({ ...document.locate(at), file }) };
    const name = isObject(metadata) ? String(metadata.name) : '';
    return resource({ uid: `obj-${index}`, apiVersion: String(apiVersion), kind: String(kind), name, object, origin });
  });
  const run = await celEngine.run({
    set: manifestSet({ resources, policies: policy === undefined ? [] : [{ file: 'p.yaml', language: 'cel', text: policy }] }),
    options: celOptionsSchema.parse({}),
    mode: 'strict',
    ports: nodePorts,
    tool: undefined,
    workspace: '/',
    trusted: '/',
    namedRegistries: () => Promise.resolve([]),
    workdir: '/',
    gateRoot,
    cacheDir: '/',
    timeoutMs: 60_000,
    concurrency: 2,
    signal: new AbortController().signal,
    progress: () => {},
    canonical: plainCanonicalizer,
    results,
  });
  return run;
}
