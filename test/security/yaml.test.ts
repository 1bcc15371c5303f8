import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { render } from '../../src/render/render.ts';
import { gateConfig, ports, renderRepository, repository } from '../render/bench.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const noTools = (id: string) => Promise.reject(new GateError('TOOL_UNAVAILABLE', { message: `no ${id}` }));
const renderFiles = (files: Readonly<Record<string, string>>) => renderRepository(files, noTools);
const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n';
const merged = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nx: &x {hostNetwork: true}\n';
const indented = pod.trim().replaceAll('\n', '\n  ');
const podJson = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"hostNetwork":true}}';
const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat('bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`))
  .join('\n');

/** Next to a good manifest, so that an empty run is not what fails. */
async function discoverAndRender(file: string, content: string | Uint8Array) {
  const workspace = repository({ 'good.yaml': config });
  writeFileSync(path.join(workspace, file), content);
  const settings = gateConfig({ workspace });
  const context = { ports, tools: noTools, tempDir: emptyFolder(), signal: new AbortController().signal };
  return render(await discover(settings, ports), settings, context);
}

describe('a field that Kubernetes would see', () => {
  it.each<[string, string, string]>([
    ['YAML 1.1 booleans', 'a.yaml', pod.replace('true', 'yes')],
    ['a tagged boolean', 'a.yaml', pod.replace('true', '!!bool "true"')],
    ['a quoted key', 'a.yaml', pod.replace('hostNetwork', '"host\\u004eetwork"')],
    ['an alias', 'a.yaml', pod.replace('  name: web', '  name: web\n  generation: &x true').replace('k: true', 'k: *x')],
    ['a merge key', 'a.yaml', pod.replace('spec:\n  hostNetwork: true', 'x: &x {hostNetwork: true}\nspec:\n  <<: *x')],
    ['a merge of a list', 'a.yaml', `${merged}spec:\n  <<: [*x, {hostNetwork: false}]\n`],
    ['a byte order mark', 'a.yaml', `\ufeff${pod}`],
    ['CR LF', 'a.yaml', pod.replaceAll('\n', '\r\n')],
    ['a `---` inside a string', 'a.yaml', `${config}data:\n  x: |\n    ---\n    kind: Nothing\n---\n${pod}`],
    ['a document that ended with `...`', 'a.yaml', `${config}...\n---\n${pod}`],
    ['a comment on the separator', 'a.yaml', `${config}--- # nothing more\n${pod}`],
    ['empty documents before it', 'a.yaml', `---\n---\n# x\n---\n${pod}`],
    ['the extension .yml', 'a.yml', pod],
    ['an extension in capitals', 'A.YAML', pod],
    [
      'JSON with an escaped key',
      'a.json',
      JSON.stringify({ kind: 'Pod', metadata: { name: 'a' }, spec: { hostNetwork: true } }).replace(
        '{',
        '{"\\u0061piVersion":"v1",',
      ),
    ],
    ['generateName', 'a.yaml', pod.replace('name: web', 'generateName: web-')],
    [
      'a List in a List',
      'a.yaml',
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - ${pod.trim().replaceAll('\n', '\n    ')}\n`,
    ],
    [
      'a list of its kind',
      'a.yaml',
      'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {hostNetwork: true}\n',
    ],
    [
      'braces in a string that goes on at the margin',
      'a.yaml',
      pod.replace('  name: web', '  name: web\n  annotations: {a: "x\n{{ y"}'),
    ],
    ['a document that ends at `---` and a no-break space, in a block scalar', 'a.yaml', `|\n---\u00a0\n${pod}`],
    ['a `---` with an ideographic space', 'a.yaml', `# x\n---\u3000\n${pod}`],
    ['a byte order mark in the second document', 'a.yaml', `${config}---\n\ufeff${pod}`],
    ['a list in JSON behind a byte order mark', 'a.json', `\ufeff{"kind":"List","items":[${podJson}]}`],
    ['the items of a ConfigMap', 'a.yaml', `${config}items:\n- ${indented}`],
    ['a List without apiVersion', 'a.yaml', `kind: List\nitems:\n- ${indented}`],
    [
      'YAML in a file called .json, keys escaped',
      'a.json',
      pod.replace('apiVersion', '"\\x61piVersion"').replace('kind', '"k\\U00000069nd"'),
    ],
    ['a stream of JSON objects', 'a.json', `{"kind":"List","items":[]}${podJson}`],
    ['a JSON object before it', 'a.yaml', `{"a": 1}\n${pod}`],
    [
      'a kind configuration and templated text next to it',
      'a.yaml',
      `apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n---\nname: {{ x }}\n---\n${pod}`,
    ],
    [
      'a key spelled in base64',
      'a.yaml',
      pod.replace('kind:', '? !!binary a2luZA==\n:').replace('metadata:', '? !!binary bWV0YWRhdGE=\n:'),
    ],
    ['`$patch: delete`', 'a.yaml', `${pod}$patch: delete\n`],
    ['a hidden folder', '.cache/a.yaml', pod],
    ['a file name of spaces and leading dashes', '-- a.yaml', pod],
  ])('is seen behind %s', async (_what, file, text) => {
    const set = await renderFiles({ [file]: text });
    expect(set.failures).toEqual([]);
    const specs = set.resources.map(({ object }) => object.spec).filter((spec) => spec !== undefined);
    expect(specs).toEqual([expect.objectContaining({ hostNetwork: true })]);
  });
});

describe('a file that tools could read differently, or that asks for too much', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['a key that is given twice', 'a.yaml', pod.replace('spec:', 'kind: Job\nspec:')],
    ['a key that is given twice, written in two ways', 'a.yaml', `${config}data: {true: a, yes: b}\n`],
    ['UTF-16', 'a.yaml', Buffer.from(`\ufeff${pod}`, 'utf16le')],
    ['a byte that is not UTF-8', 'a.yaml', Buffer.from([...Buffer.from(pod), 0x23, 0xff])],
    ['tabs as indentation', 'a.yaml', pod.replace('  hostNetwork', '\thostNetwork')],
    ['a directive', 'a.yaml', `%YAML 1.2\n---\n${pod}`],
    ['an unknown tag', 'a.yaml', pod.replace('true', '!js "true"')],
    ['a merge behind a key that it overrides', 'a.yaml', `${merged}spec: {hostNetwork: false, <<: *x}\n`],
    ['two merges in one map', 'a.yaml', `${merged}spec:\n  <<: *x\n  <<: {hostNetwork: false}\n`],
    ['a merge key in quotes', 'a.yaml', `${merged}spec:\n  "<<": *x\n`],
    ['a merge key with a tag', 'a.yaml', `${merged}spec:\n  ! <<: *x\n`],
    ['comments in JSON', 'a.json', '{ // a comment\n"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}'],
    ['an object without apiVersion', 'a.yaml', pod.replace('apiVersion: v1\n', '')],
    [
      'a tag that declares another, lines that end with CR',
      'a.yaml',
      '%TAG !b! tag:yaml.org,2002:bin\r---\r? !b!ary a2luZA==\r: Pod\r',
    ],
    ['a JSON stream that breaks off', 'a.json', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}{}{"kind"'],
    ['a list at the top', 'a.yaml', '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n'],
    ['a document of a kind of Kubernetes without a name', 'a.yaml', `${config}---\napiVersion: v1\nkind: Pod\nspec: {}\n`],
    ['aliases that grow a billion times', 'a.yaml', `${config}data:\n  ${bomb.replaceAll('\n', '\n  ')}\n`],
    ['an alias of itself', 'a.yaml', `${config}data: &d {x: *d}\n`],
    ['a thousand levels', 'a.yaml', `${config}data: ${'['.repeat(1000)}${']'.repeat(1000)}\n`],
    ['100,000 levels', 'a.yaml', `${config}data: ${'['.repeat(100_000)}\n`],
    ['100 MB', 'a.yaml', `${config}# ${'x'.repeat(100 * 1024 * 1024)}`],
  ])('is refused with its name: %s', { timeout: 60_000 }, async (_what, file, content) => {
    const set = await discoverAndRender(file, content);
    expect(set.failures.length).toBeGreaterThan(0);
    expect(set.failures[0]?.details.file).toBe(file);
  });

  it('is found behind 100,000 empty documents', { timeout: 60_000 }, async () => {
    const set = await discoverAndRender('a.yaml', `${'---\na: 1\n'.repeat(100_000)}---\n${config}`);
    expect(set.failures).toEqual([]);
    expect(set.resources.filter(({ source }) => source.unit === 'a.yaml')).toHaveLength(1);
  });
});

const breaks = { CR: '\r', NEL: '\u0085', LS: '\u2028', PS: '\u2029' };
const hidden = (mark: string) => pod.replace('  hostNetwork', `  # a comment${mark}  hostNetwork`);

describe('a line break that only Go knows', () => {
  it.each(Object.entries(breaks))('is refused: %s', async (_name, mark) => {
    const set = await renderFiles({ 'a.yaml': hidden(mark) });
    expect(set.failures.map(({ code, details }) => [code, details.file, details.line])).toEqual([
      ['MANIFEST_INVALID', 'a.yaml', 6],
    ]);
  });
});
