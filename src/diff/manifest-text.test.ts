import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { fieldLines } from './field-lines.ts';
import { manifestText } from './manifest-text.ts';

const read = (text: string) => parseYaml({ file: 'x.yaml', text }).map(({ value }) => value);

describe('the text of a manifest', () => {
  it.each([
    ...['yes', 'n', 'ON', '~', '0o17', '017', '0x1F', '1_000', '1:30', '1e3', '.5', '.inf', '2026-11-28', '=', '', ' a ', '- b'],
    ...[
      'a\n  b\n',
      'a\r\nb',
      '\u202ereversed',
      '\u001b[31m',
      'a\u2028b',
      '::error::x',
      'one\n  ::set-output name=a::b',
      'x ##[group]',
    ],
    ...['#', '# no comment', '---', '{{ x }}', '@x', '`x`', '```', '\ud83d\ude00', 'é', 'key: value', '"quoted"', '<<', '*alias'],
  ])('has the same value for whoever reads it: %j', (text) => {
    const object: JsonObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { value: text, [text === '<<' ? 'a' : text]: 'key', list: [text] },
    };
    expect(read(manifestText(object))).toEqual([object]);
  });

  it('has integers of any size', () => {
    const object: JsonObject = { spec: { runAsUser: 12345678901234567890n, replicas: 3, ratio: 0.5, on: true, none: null } };
    expect(read(manifestText(object))).toEqual([object]);
  });

  it.each(['::error::x', 'one\n  ::stop-commands::y\n', 'a ##[group] b'])('has no command of a runner: %j', (text) => {
    const printed = manifestText({ data: { [text]: text, list: [text] } });
    expect(printed).not.toMatch(/^\s*::/m);
    expect(printed).not.toContain('##[');
  });

  it('has no hidden character', () => {
    expect(manifestText({ data: { a: 'x\u202e\u0007\u009b\u{e0041}\ufeff', '\u200b': 'b' } })).toMatch(/^[\n -~]+$/);
  });

  it('orders fields as kubectl does', () => {
    const keys = [
      ...manifestText({ spec: {}, kind: 'A', a: 1, metadata: { z: 1, name: 'n' }, apiVersion: 'v1' }).matchAll(/\w+(?=:)/g),
    ];
    expect(keys.map(([key]) => key)).toEqual(['apiVersion', 'kind', 'metadata', 'name', 'z', 'spec', 'a']);
  });
});

describe('the line of a field', () => {
  const text = 'spec:\n  containers:\n    - name: a\n      image: b\n    - name: c\n  "1": x\n';

  it.each<[(string | number)[], number]>([
    [['spec', 'containers', 0, 'image'], 3],
    [['spec', 'containers', 1], 4],
    [['spec', 'containers', 1, 'image'], 4],
    [['spec', '1'], 5],
    [['status', 'x'], 0],
    [[], 0],
  ])('is known for %j', (path, line) => {
    expect(fieldLines(text, [path])).toEqual([line]);
  });
});
