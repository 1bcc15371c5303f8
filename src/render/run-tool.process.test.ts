import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { createNodeProcesses } from '../ports/node-processes.ts';
import { excerpt, runTool } from './run-tool.ts';

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
  it('runs, and the log states once what is missing', async () => {
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

describe('the excerpt of what a renderer wrote', () => {
  it('names folders as the repository does, however long the text is', () => {
    const stderr = `Error: ${'at /tmp/run/commit/app/x.yaml: '.repeat(60)}the cause\n`;
    const text = excerpt({ stderr }, [['/tmp/run/commit/', '']]);
    expect(text).toMatch(/^at app\/x\.yaml: at app/);
    expect(text).toMatch(/ … .*app\/x\.yaml: the cause$/);
    expect(text).not.toMatch(/tmp|run\/|commit/);
    expect(text.length).toBeLessThanOrEqual(600);
  });

  it('is the whole of a short text', () => {
    expect(excerpt({ stderr: `Error: ${'a'.repeat(600)}` })).toBe('a'.repeat(600));
    expect(excerpt({ stderr: ' \n' })).toBe('no output');
  });
});
