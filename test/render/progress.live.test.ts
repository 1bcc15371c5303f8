import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { render } from '../../src/render/render.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { gateConfig, repository, traceAll } from './bench.ts';
import { chart, kustomization, missing, tools } from './pointer-support.ts';

afterAll(removeTempFolders);

describe.skipIf(missing)(`progress${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  it('is counted while charts and kustomizations are rendered, and while their lines are located', async () => {
    const steps = new Map<string, string[]>();
    const silent = () => {};
    const progress = (what: string, done: number, total: number) => {
      steps.set(what, [...(steps.get(what) ?? []), `${done}/${total}`]);
    };
    const ports = createNodePorts({ log: { debug: silent, info: silent, warn: silent, error: silent, progress }, env: {} });
    const config = gateConfig({ workspace: repository({ ...chart, ...kustomization }) });
    const context = { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
    await traceAll(await render(await discover(config, ports), config, context));
    expect([...steps.keys()]).toEqual(['rendering', 'locating findings']);
    expect(steps.get('rendering')?.at(-1)).toBe('2/2');
    expect(steps.get('locating findings')).toEqual(['0/2', '1/2', '2/2']);
  });
});
