import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import type { Processes } from '../../src/ports/ports.ts';
import type { Renderings } from '../../src/render/known-output.ts';
import { render } from '../../src/render/render.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { gateConfig, ports, repository } from './bench.ts';
import { chart, missing, tools } from './pointer-support.ts';

const count = 70;

/** 70 releases of one chart; `changed` is the number of those that run privileged. */
function releases(changed: number): Readonly<Record<string, string>> {
  const all = Array.from({ length: count }, (_one, index) => [
    `apps/app-${index}.yaml`,
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app-${index}, namespace: shop}\nspec:\n  chart:\n    spec:\n      chart: ./charts/app\n      sourceRef: {kind: GitRepository, name: flux-system}\n  values: {image: "web:${index}", privileged: ${index < changed}}\n`,
  ]);
  return { ...chart, ...Object.fromEntries(all) };
}

async function templatesOf(files: Readonly<Record<string, string>>, renderings: Renderings): Promise<number> {
  let started = 0;
  const processes: Processes = {
    ...ports.processes,
    run(request) {
      if (request.args[0] === 'template') started += 1;
      return ports.processes.run(request);
    },
  };
  const config = gateConfig({ workspace: repository(files) });
  const tempDir = emptyFolder();
  const context = { ports: { ...ports, processes }, tools, tempDir, signal: new AbortController().signal, renderings };
  const set = await render(await discover(config, ports), config, context);
  expect(set.failures).toEqual([]);
  expect(set.resources.filter(({ kind }) => kind === 'Pod')).toHaveLength(count + 1);
  return started;
}

describe.skipIf(missing)(`70 releases that pointers deploy${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('are rendered once each, and of a change only those that it changes', async () => {
    const known = new Map<string, string>();
    const renderings: Renderings = {
      secret: 'secret',
      find: (key) => known.get(key),
      keep: (key, text) => void known.set(key, text),
    };
    // The chart with its own values is one more.
    expect(await templatesOf(releases(0), renderings)).toBe(count + 1);
    expect(await templatesOf(releases(2), renderings)).toBe(2);
  });
});
