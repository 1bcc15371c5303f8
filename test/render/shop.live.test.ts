import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import { render } from '../../src/render/render.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, placeOf, ports, traceAll } from './bench.ts';

const found = { helm: await installedTool('helm'), kustomize: await installedTool('kustomize') };
const missing = found.helm === undefined || found.kustomize === undefined;
const tools = (id: string) => {
  const tool = id === 'helm' ? found.helm : found.kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};

describe.skipIf(missing)(`examples/shop${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('shows each planted fault at the line that a person would change', async () => {
    const config = gateConfig({ workspace: path.join(import.meta.dirname, '../../examples/shop') });
    const context = { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
    const set = await traceAll(await render(await discover(config, ports), config, context));
    expect(set.failures).toEqual([]);
    const by = (unit: string) => set.resources.filter((resource) => resource.source.unit === unit);
    const pod = ['spec', 'template', 'spec'] as const;
    expect(placeOf(by('overlays/production')[0], ...pod, 'hostPID')).toBe('overlays/production/debug.yaml:9 field');
    const [, production, staging] = by('charts/cart');
    expect(placeOf(production, ...pod, 'containers', 0, 'securityContext', 'capabilities', 'add', 0)).toBe(
      'charts/cart/values-production.yaml:4 field',
    );
    expect(placeOf(staging, ...pod, 'containers', 0, 'image')).toBe('charts/cart/values-staging.yaml:2 field');
    const payments = set.images.find((image) => image.reference.includes('payments'));
    expect(payments?.uses).toHaveLength(2);
    expect(set.images.find((image) => image.reference.includes('log-shipper'))?.uses[0]?.containerKind).toBe('sidecar');
  });
});
