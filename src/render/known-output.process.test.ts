import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createResults, renderingsOf } from '../engines/results.ts';
import { keyOf } from './known-output.ts';
import { runToolOnce } from './run-tool.ts';

afterAll(removeTempFolders);

const tool = { id: 'helm', path: '/helm', version: '1', sha256: 'a'.repeat(64) };

function chart(text = 'kind: Pod\n'): string {
  const folder = path.join(emptyFolder(), 'chart');
  mkdirSync(path.join(folder, 'templates'), { recursive: true });
  writeFileSync(path.join(folder, 'templates', 'pod.yaml'), text);
  return folder;
}
const key = (folder: string, part: { readonly tool?: typeof tool; readonly namespace?: string } = {}) =>
  keyOf(part.tool ?? tool, ['template', folder, '--namespace', part.namespace ?? 'a'], [folder], nodePorts.files);

describe('the key of a rendering', () => {
  it('is the same in another folder', async () => {
    expect(await key(chart())).toBe(await key(chart()));
  });

  it.each<[string, () => ReturnType<typeof key>]>([
    ['text', () => key(chart('kind: Job\n'))],
    ['binary', () => key(chart(), { tool: { ...tool, sha256: 'b'.repeat(64) } })],
    ['argument', () => key(chart(), { namespace: 'b' })],
    [
      'file more',
      () => {
        const folder = chart();
        writeFileSync(path.join(folder, 'values.yaml'), '');
        return key(folder);
      },
    ],
    [
      'name of a file',
      () => {
        const folder = path.join(emptyFolder(), 'chart');
        mkdirSync(path.join(folder, 'templates'), { recursive: true });
        writeFileSync(path.join(folder, 'templates', 'po.yaml'), 'kind: Pod\n');
        return key(folder);
      },
    ],
  ])('is another with another %s', async (_, other) => {
    expect(await other()).not.toBe(await key(chart()));
  });

  it('is not available where a link leads out, or the binary is not known', async () => {
    const folder = chart();
    symlinkSync('/etc/passwd', path.join(folder, 'passwd'));
    expect(await key(folder)).toBeUndefined();
    const { sha256: _sha256, ...unknown } = tool;
    expect(await keyOf(unknown, [], [], nodePorts.files)).toBeUndefined();
  });
});

/** A renderer of sh: it counts its runs in a separate file and then runs the given script. */
async function render(script: string, reads: readonly string[], times: number, failuresToo = false) {
  const tempDir = emptyFolder();
  const counter = path.join(emptyFolder(), 'runs');
  writeFileSync(counter, '');
  const shell = { id: 'helm', path: '/bin/sh', version: '1', sha256: 'c'.repeat(64) };
  const context = {
    ports: nodePorts,
    tools: async () => shell,
    tempDir,
    signal: new AbortController().signal,
    renderings: renderingsOf(createResults()),
  };
  const args = ['-c', `printf x >>${counter}; ${script.replaceAll('$TEMP', tempDir)}`];
  const results = [];
  for (let index = 0; index < times; index += 1)
    results.push(await runToolOnce('helm', args, { reads, failuresToo }, tempDir, context, 'auto'));
  return { results, runs: (await nodePorts.files.readText(counter)).length };
}

describe('a rendering', () => {
  it('that was made before is not made again', async () => {
    const { results, runs } = await render('echo kind: Pod', [chart()], 3);
    expect(runs).toBe(1);
    expect(results.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(Array(3).fill([0, 'kind: Pod\n']));
  });

  it.each([
    ['fails', 'echo kind: Pod; exit 1'],
    ['complains of an error', 'echo kind: Pod; echo "Error: half of it" >&2'],
    ['names a folder of this run', 'echo path: $TEMP/chart'],
  ])('that %s is made again', async (_, script) => {
    expect((await render(script, [chart()], 2)).runs).toBe(2);
  });

  it('that failed is not made again where that is an answer, too, unless nothing was printed', async () => {
    const { results, runs } = await render('echo "Error: no such value" >&2; exit 1', [chart()], 2, true);
    expect(runs).toBe(1);
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(2).fill([1, 'Error: no such value\n']));
    expect((await render('exit 1', [chart()], 2, true)).runs).toBe(2);
    expect((await render('echo "Error: killed" >&2; exit 137', [chart()], 2, true)).runs).toBe(2);
  });
});
