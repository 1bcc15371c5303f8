import { afterAll, describe, expect, it } from 'vitest';
import { parsePath } from '../../src/model/field-path.ts';
import { samples } from '../lines/helm.labels.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { renderRepository } from './bench.ts';

const tool = await installedTool('helm');
const tools = () => (tool === undefined ? Promise.reject(new Error('no helm')) : Promise.resolve(tool));

describe.skipIf(tool === undefined)(`lines of charts${tool === undefined ? ' (skipped: no helm in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it.each(samples)('finds each field’s line: $name', async ({ files, release, findings }) => {
    const chart = { path: 'c', releaseName: 'web', namespace: 'shop', releases: [{ values: release ?? [] }] };
    const set = await renderRepository(files, tools, { helm: { kubeVersion: '1.34.0', apiVersions: [], charts: [chart] } });
    expect(set.failures).toEqual([]);
    const shown = findings.map(({ resource, path }) => {
      const found = set.resources.find(({ kind, name }) => `${kind} ${name}` === resource);
      const place = found?.origin.locate(parsePath(path));
      return `${resource} ${path} ${place?.file}:${place?.line}`;
    });
    expect(shown).toEqual(findings.map(({ resource, path, file, line }) => `${resource} ${path} ${file}:${line}`));
  });
});
