import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const breaks = { CR: '\r', NEL: '\u0085', LS: '\u2028', PS: '\u2029' };
const hidden = (mark: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  # a comment${mark}  hostNetwork: true\n`;
const [kustomize, opa] = await Promise.all([installedTool('kustomize'), installedTool('opa')]);
const run = (tool: string | undefined, cwd: string, ...args: readonly string[]) =>
  execFileSync(tool ?? '', args, { encoding: 'utf8', cwd });

describe('a line break that only Go knows', () => {
  it.skipIf(kustomize === undefined || opa === undefined).each(Object.entries(breaks))(
    'ends a comment for OPA and kustomize: %s',
    (_name, mark) => {
      const folder = emptyFolder();
      mkdirSync(path.join(folder, 'k'));
      writeFileSync(path.join(folder, 'k/a.yaml'), hidden(mark));
      writeFileSync(path.join(folder, 'k/kustomization.yaml'), 'resources: [a.yaml]\n');
      expect(run(kustomize?.path, folder, 'build', 'k')).toContain('hostNetwork: true');
      const seen = run(opa?.path, folder, 'eval', '-d', 'k/a.yaml', 'data.spec', '-f', 'raw');
      expect(JSON.parse(seen)).toEqual({ hostNetwork: true });
    },
  );
});

it.skipIf(opa === undefined)('agrees with OPA, which reads as Kubernetes does, on what a scalar is', () => {
  const words =
    'yes Yes YES y Y on On ON true True no off n false tRue 1 010 0o10 0x1F 1_000 1e3 ~ null Null 12:30 2001-01-01 "yes"';
  const text = `list: [${words.split(' ').join(', ')}, !!bool "on", !!str yes, !!binary eA==]\n`;
  const folder = emptyFolder();
  writeFileSync(path.join(folder, 'a.yaml'), text);
  const seen = run(opa?.path, folder, 'eval', '-d', 'a.yaml', 'data', '-f', 'raw');
  expect(parseYaml({ file: 'a.yaml', text })[0]?.value).toEqual(JSON.parse(seen));
});
