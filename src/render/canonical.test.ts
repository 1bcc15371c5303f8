import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { resource } from '../../test/support/model.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { createCanonicalizer } from './canonical.ts';

const write = async (yaml: string) => {
  const [document] = parseYaml({ file: 'a.yaml', text: yaml });
  const object = document?.value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) throw new Error('no object');
  const written = await createCanonicalizer(createNodeFiles()).write(emptyFolder(), [
    resource({ uid: 'obj-000001', object: Object.fromEntries(Object.entries(object)) }),
  ]);
  const text = readFileSync(written.files.get('obj-000001') ?? '', 'utf8');
  return { written, text, lines: text.split('\n') };
};

describe('createCanonicalizer', () => {
  afterAll(removeTempFolders);

  it('writes one quoted scalar a line and finds each line’s field again', async () => {
    const { text, written } = await write(
      'spec: {containers: [{name: web, args: [yes, "no", []], env: {}}], big: 9007199254740993, list: [[1, 2.5], null]}',
    );
    expect(text).toBe(
      [
        '"spec":',
        '  "containers":',
        '    - "name": "web"',
        '      "args":',
        '        - true',
        '        - "no"',
        '        - []',
        '      "env": {}',
        '  "big": 9007199254740993',
        '  "list":',
        '    - - 1',
        '      - 2.5',
        '    - null',
        '',
      ].join('\n'),
    );
    expect(written.fieldAt('obj-000001', 6)).toEqual(['spec', 'containers', 0, 'args', 1]);
    expect(written.fieldAt('obj-000001', 12)).toEqual(['spec', 'list', 0, 1]);
    expect(written.fieldAt('obj-000001', 99)).toBeUndefined();
    expect(written.fieldAt('other', 1)).toBeUndefined();
  });

  it('lets no ignore annotation through, wherever it is', async () => {
    const { text } = await write(
      'metadata: {annotations: {ignore-check.kube-linter.io/x: why, a: b}}\nspec: {template: {metadata: {annotations: {kube-linter.io/ignore-all: why}}}}',
    );
    expect(text).not.toContain('kube-linter');
    expect(text).toContain('"annotations": {}');
    expect(text).toContain('"a": "b"');
  });

  it('disarms an ignore comment inside a string without changing the string', async () => {
    const value = 'x #trivy:ignore:AVD-KSV-0001\n# tfsec:ignore:* \u0085\u2028';
    const { text, lines } = await write(`data: {a: ${JSON.stringify(value).replace('\u0085\u2028', '\\u0085\\u2028')}}`);
    expect(text).not.toMatch(/trivy:ignore|tfsec:ignore/);
    expect(lines).toHaveLength(3);
    expect(parseYaml({ file: 'a', text })[0]?.value).toEqual({ data: { a: value } });
  });
});
