import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { kustomizeCases } from './kustomize.labels.ts';
import { measureCase, missesOf } from './measure.ts';

const tool = await installedTool('kustomize');
const tools = () => (tool === undefined ? Promise.reject(new Error('no kustomize')) : Promise.resolve(tool));

describe.skipIf(tool === undefined)(
  `lines of kustomizations${tool === undefined ? ' (skipped: no kustomize in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it.each(kustomizeCases)('knows who set what in $name', async (one) => {
      expect(missesOf(await measureCase(one, tools))).toEqual([]);
    });
  },
);
