import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gateConfig, ports, repository } from '../../test/render/bench.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { ProcessResult } from '../ports/ports.ts';
import { readKustomizeTree } from '../render/kustomize-tree.ts';
import { createBuilds } from './kustomize-builds.ts';

afterAll(removeTempFolders);

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n';
const ended: ProcessResult = { exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 1 };

it('a build that does not end leaves its copy as it was', async () => {
  const workspace = repository({ 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': pod });
  const root = await readKustomizeTree('.', workspace, ports.files);
  if (root === undefined) throw new Error('no kustomization');
  let slow = 2;
  /** Prints the manifest of the copy; two builds of a changed one do not end. */
  const run = async ({ cwd }: { readonly cwd: string }): Promise<ProcessResult> => {
    const stdout = readFileSync(path.join(cwd, 'pod.yaml'), 'utf8');
    return { ...ended, stdout, end: stdout.includes('marked') && slow-- > 0 ? 'timeout' : 'exited' };
  };
  const { again } = createBuilds(
    {
      ...{ path: '.', folder: emptyFolder(), arrived: [], fetched: [], config: gateConfig({ workspace }) },
      context: {
        ports: { ...ports, processes: { ...ports.processes, run } },
        tools: () => Promise.resolve({ id: 'kustomize', path: '/kustomize', version: '5' }),
        tempDir: emptyFolder(),
        signal: new AbortController().signal,
      },
    },
    root,
    'copy',
  );
  const changed = new Map([['pod.yaml', pod.replace('web', 'marked')]]);
  await Promise.all([again(changed, String), again(changed, String)]);
  const built = await again(new Map(), String);
  expect([...(built?.values() ?? [])]).toEqual([expect.objectContaining({ metadata: { name: 'web' } })]);
});
