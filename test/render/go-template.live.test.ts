import { afterAll, describe, expect, it } from 'vitest';
import { createGoTemplates } from '../../src/render/go-template.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { ports } from './bench.ts';

const tool = await installedTool('helm');
const tools = () => (tool === undefined ? Promise.reject(new Error('no helm')) : Promise.resolve(tool));
const render = () => createGoTemplates('auto', { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal });

describe.skipIf(tool === undefined)(
  `Go templates by Helm${tool === undefined ? ' (skipped: no helm in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('fill parameters as Argo CD fills them, with Sprig and the functions that it adds', async () => {
      const parameters = { app: 'Shop_Web', path: { segments: ['apps', 'web'] }, replicas: 3, on: true };
      const texts = [
        '{{ .app | lower }}',
        '{{ $.app }}',
        '{{ index .path.segments 1 }}',
        '{{ .app | normalize }}',
        '{{ slugify .app }}',
        '{{ .replicas }}-{{ if .on }}on{{ end }}',
        '{{ range .path.segments }}{{ . }}/{{ end }}',
        'line one\n"{{ .app }}": {x}\n',
        '{{ .missing }}',
      ];
      expect(await render()(texts, parameters)).toEqual([
        'shop_web',
        'Shop_Web',
        'web',
        'shop-web',
        'shop-web',
        '3-on',
        'apps/web/',
        'line one\n"Shop_Web": {x}\n',
        '',
      ]);
    });

    it('that do not parse are an error which names the cause', async () => {
      await expect(render()(['{{ .app | nosuch }}'], { app: 'x' })).rejects.toThrow(/function "nosuch" not defined/);
    });
  },
);
