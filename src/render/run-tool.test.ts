import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { createNodeProcesses } from '../ports/node-processes.ts';
import { runTool } from './run-tool.ts';

afterAll(removeTempFolders);

const why = 'this system allows no user namespaces';
const bare = { cut: undefined, open: [], limit: undefined, privileges: true, environment: true, why };

async function echo(sandbox: SandboxMode, times: number) {
  const warned: string[] = [];
  const log = { ...nodePorts.log, warn: (text: string) => warned.push(text) };
  const context = {
    ports: { ...nodePorts, log, processes: createNodeProcesses({}, async () => bare) },
    tools: async () => ({ id: 'helm', version: '4.2.4', path: '/bin/echo' }),
    tempDir: emptyFolder(),
    signal: new AbortController().signal,
  };
  const ended = await Promise.all(
    Array.from({ length: times }, () => runTool('helm', ['ran'], '/', context, sandbox).catch((thrown: unknown) => thrown)),
  );
  return { ended, warned };
}

describe('a renderer on a system that does not isolate it', () => {
  it('runs, and the log says once what is missing', async () => {
    const { ended, warned } = await echo('auto', 3);
    expect(ended).toMatchObject([{ stdout: 'ran\n' }, { stdout: 'ran\n' }, { stdout: 'ran\n' }]);
    expect(warned).toEqual([
      `helm, kustomize: network was not cut off: ${why}`,
      'helm, kustomize: memory was not limited: there is no prlimit (util-linux)',
    ]);
  });

  it('is not started where the configuration is strict', async () => {
    const [thrown] = (await echo('strict', 1)).ended;
    expect(thrown).toBeInstanceOf(GateError);
    expect(thrown).toMatchObject({ code: 'RENDER_FAILED', message: expect.stringContaining('network was not cut off') });
  });
});
