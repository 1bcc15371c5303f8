import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { renderRepository } from './bench.ts';

const helm = await installedTool('helm');
const noHelm = process.platform !== 'linux' || helm === undefined;

describe.skipIf(noHelm)(
  `a template that asks for endless memory${noHelm ? ' (skipped: no helm in the tool cache, or no Linux)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('fails its chart and not the machine', async () => {
      const files = {
        'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
        'chart/templates/bomb.yaml': 'size: {{ repeat 2000000000 "xxx" | len }}\n',
      };
      const set = await renderRepository(files, async () => helm ?? Promise.reject(new Error('no helm')));
      expect(set.failures).toMatchObject([
        { code: 'RENDER_FAILED', message: expect.stringContaining('(memory-limit): fatal error:') },
      ]);
    });
  },
);
