import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discover } from '../../src/discover/discover.ts';
import type { GateConfig } from '../../src/model/config.ts';
import type { ManifestSet } from '../../src/model/manifest-set.ts';
import type { Resource } from '../../src/model/resource.ts';
import { defaultSeverityPolicy } from '../../src/model/severity.ts';
import type { ToolProvider } from '../../src/model/tool.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { RenderContext } from '../../src/render/context.ts';
import { type RenderedSet, render } from '../../src/render/render.ts';
import { fieldsOf } from '../../src/trace/fields.ts';
import { withPlaces } from '../../src/trace/trace.ts';
import { emptyFolder } from '../support/temp-folders.ts';

const silent = () => {};
export const ports = createNodePorts({ log: { debug: silent, info: silent, warn: silent, error: silent }, env: {} });

/** A repository with these files, in a folder of its own. */
export function repository(files: Readonly<Record<string, string | Uint8Array>>): string {
  const workspace = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return workspace;
}

export function gateConfig(part: Partial<GateConfig> & Pick<GateConfig, 'workspace'>): GateConfig {
  return {
    checkout: part.workspace,
    trusted: part.workspace,
    generated: [],
    onlyNew: false,
    paths: ['.'],
    exclude: [],
    policies: ['.k8s-gate/policies'],
    kustomizations: [],
    kustomize: { unrestricted: [] },
    expectManifests: true,
    severity: defaultSeverityPolicy,
    environments: [],
    helm: { charts: [], kubeVersion: '1.34.0', apiVersions: [] },
    gitops: { repositories: [], revisions: [], clusters: [] },
    sources: { allow: [], mirrors: {}, offline: false },
    images: { paths: [], sources: {}, privateRegistries: [] },
    mode: 'strict',
    sandbox: 'auto',
    concurrency: 2,
    ...part,
  };
}

/** `file:line precision` of a field. */
export function placeOf(resource: Resource | undefined, ...field: readonly (string | number)[]): string {
  const place = resource?.origin.locate(field);
  return place === undefined ? 'no resource' : `${place.file}:${place.line} ${place.precision}`;
}

/** Discovers and renders a repository with these files, as the gate does. Fields that a tool rendered are not traced. */
export async function renderUntraced(
  files: Readonly<Record<string, string | Uint8Array>>,
  tools: ToolProvider,
  part: Partial<GateConfig> = {},
  more: Partial<Pick<RenderContext, 'sources' | 'renderings' | 'ports'>> = {},
): Promise<RenderedSet> {
  const config = gateConfig({ workspace: repository(files), ...part });
  const sources = await discover(config, ports);
  return render(sources, config, { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal, ...more });
}

/** As if all fields of all resources had findings. */
export async function renderRepository(
  files: Readonly<Record<string, string | Uint8Array>>,
  tools: ToolProvider,
  part: Partial<GateConfig> = {},
): Promise<ManifestSet> {
  return traceAll(await renderUntraced(files, tools, part));
}

/** Traces all fields. */
export async function traceAll(set: RenderedSet): Promise<ManifestSet> {
  const wanted = new Map(set.resources.map(({ uid, object }) => [uid, fieldsOf(object).map(({ path: at }) => at)]));
  return { ...set, resources: await withPlaces(set.resources, wanted, set.provenance, 2) };
}
