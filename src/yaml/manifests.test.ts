import { describe, expect, it } from 'vitest';
import { isObject, type JsonValue } from '../model/json.ts';
import { readManifests } from './manifests.ts';
import { readObjects } from './objects.ts';
import { parseYaml, yamlLimits } from './yaml.ts';

const read = (text: string) => readManifests({ file: 'f', text });
/** `kind name line` of each object. */
const objects = (text: string) =>
  read(text).documents.flatMap(({ value, locate }) =>
    readObjects(value).flatMap(({ path, ...reading }) =>
      reading.is === 'object' ? [`${reading.identity.kind} ${reading.identity.name} ${locate(path).line}`] : [reading.is],
    ),
  );
const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
const json = (name: string) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"}}`;

describe('documents are split as kubectl splits them', () => {
  it.each([
    '',
    ' ',
    '\t',
    '\v',
    '\f',
    '\r',
    '\u0085',
    '\u00a0',
    '\u1680',
    '\u2003',
    '\u2028',
    '\u202f',
    '\u205f',
    '\u3000',
    ' # x',
    '#x',
  ])('at `---` with %j behind it, even where YAML has a block scalar', (rest) =>
    expect(objects(`|\n---${rest}\n${pod('a')}`)).toEqual(['Pod a 3']),
  );

  it.each<[string, string, readonly string[]]>([
    ['an indented `---` is text', `${pod('a')}x: |\n  ---\n  kind: Pod\n---\n${pod('b')}`, ['Pod a 1', 'Pod b 8']],
    ['CR LF', `${pod('a')}---\n${pod('b')}`.replaceAll('\n', '\r\n'), ['Pod a 1', 'Pod b 5']],
    [
      'a byte order mark on each document',
      `\ufeff${pod('a')}---\n\ufeff${pod('b')}---\n\ufeff${json('c')}`,
      ['Pod a 1', 'Pod b 5', 'Pod c 9'],
    ],
    ['content on the line of `---`', `${pod('a')}--- ${json('b')}\n`, ['Pod a 1', 'Pod b 4']],
    ['behind `...`, which kubectl leaves out', `${pod('a')}...\n${pod('b')}`, ['Pod a 1', 'Pod b 5']],
    ['JSON values without anything between', `${json('a')}${json('b')}\n${json('c')}`, ['Pod a 1', 'Pod b 1', 'Pod c 2']],
    ['JSON, then YAML', `${json('a')}\n${pod('b')}---\n${json('c')}`, ['Pod a 1', 'Pod b 2', 'Pod c 6']],
    ['JSON between separators', `${json('a')}\n---\n${json('b')}\n`, ['Pod a 1', 'Pod b 3']],
    [
      'JSON that is indented with tabs',
      `{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"metadata": {"name": "a"}\n}\n`,
      ['Pod a 1'],
    ],
    ['a key that is longer than YAML takes', json('a').replace('{', `{"${'x'.repeat(2000)}":1,`), ['Pod a 1']],
  ])('%s', (_what, text, wanted) => expect(objects(text)).toEqual(wanted));

  it('refuses a byte order mark at the margin within a document, and a JSON stream that breaks off', () => {
    expect(() => read(`# x\n\ufeff${pod('a')}`)).toThrow(/f:2.*U\+FEFF/);
    expect(() => read(`${json('a')}\n${json('b')}\n{"kind": `)).toThrow(/f:3: broken JSON/);
    expect(() => read(`{"kind": "Pod",\n "apiVersion": "v1",\n "kind": "Job"}`)).toThrow(/f:3: .*"kind" occurs twice/);
  });
});

describe('what go-yaml reads otherwise than the parser does', () => {
  const data = (text: string) =>
    read(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ${text}\n`).documents[0]?.value;
  const reads = (text: string, wanted: JsonValue) => expect(data(text)).toMatchObject({ data: wanted });

  it.each<[string, JsonValue]>([
    ['a: e1', { a: 'e1' }],
    [
      'a: [e2, E-5, e1234567, 1e3, +1, .5, .5_0, 0x1F, 0b1, 0o7, 010, 08, 1_000, 5.]',
      { a: ['e2', 'E-5', 'e1234567', 1000, 1, 0.5, 0.5, 31, 1, 7, 8, 8, 1000, 5] },
    ],
    [
      'a: [1e400, +Inf, 0b12, 0x, 1:30, 2001-01-01, _1, ~a, yEs]',
      { a: ['1e400', '+Inf', '0b12', '0x', '1:30', '2001-01-01', '_1', '~a', 'yEs'] },
    ],
    ['{yes: a, 010: b, 1e6: c, 1.50: d, e1: f, !!str 1: g}', { true: 'a', 8: 'b', '1e+06': 'c', 1.5: 'd', e1: 'f', 1: 'g' }],
    ['a: [!!str yes, !!int "5", !!float 1, !!bool "on", !!binary eA==, !!null ""]', { a: ['yes', 5, 1, true, 'x', null] }],
    ['a: [1, fd00::, 12:, true:,y:]', { a: [1, 'fd00::', '12:', 'true:', 'y:'] }],
    [`a: "b\n  c"\n  d: 'it''s\n\ne # f'`, { a: 'b c', d: "it's\ne # f" }],
    ['a: ["b \\"\n  c: d", "e\\\n  f"]\n  g: h', { a: ['b " c: d', 'ef'], g: 'h' }],
    ['a: "b\n{{ c }}: \\"\n@d@"\n  e: {f: \'g\nh\', i: j}', { a: 'b {{ c }}: " @d@', e: { f: 'g h', i: 'j' } }],
    ['a: |\n    "b\n  c: "d\n  e"', { a: '"b\n', c: 'd e' }],
    ['a: [\n    b\n  ]\n  c: {\n    d: e\n  }', { a: ['b'], c: { d: 'e' } }],
  ])('%j', (text, wanted) => reads(text, wanted));

  it.each([
    'a: .inf',
    'a: -.inf',
    '~: a',
    '{?a: b}',
    'a: "b\n...\n  c"',
    '"a\nb": c',
    'a: [?b]',
    'a: [?b:, c]',
    'a: [&b c:, *b]',
    'a: [{b:}, c]',
    '{a:, b: c}',
    'a: [!!str, {b: c}]',
    'a: ! "12"',
    'a: !!int x',
    'a: !!binary "e A=="',
    'a: !!timestamp 2001-01-01',
    '1: a\n  "1": b',
  ])('%j is refused', (text) => expect(() => data(text)).toThrow(/^f:[56]:/));

  it('and takes no text for foreign whose lines Kubernetes counts otherwise', () => {
    for (const mark of ['\r', '\u0085', '\u2028', '\u2029'])
      expect(() => read(`apiVersion: v1\n# x${mark}kind: Pod\nmetadata: {name: a}\n`)).toThrow(/ends a line/);
    expect(() => read(`{apiVersion: v1, ?kind: Pod, metadata: {name: a}}\n`)).toThrow(/a \? or :/);
    expect(() => read(`---\t\n\ufeff${pod('a')}`)).toThrow(/U\+FEFF/);
  });
});

describe('lists are known by their items', () => {
  const items = (list: string, item: string) => `${list}\nitems:\n- ${item.trimEnd().replaceAll('\n', '\n  ')}\n`;
  it.each<[string, string, readonly string[]]>([
    ['of any kind', items('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}', pod('a')), ['Pod a 5']],
    ['without apiVersion', items('kind: List', pod('a')), ['Pod a 3']],
    ['in a list', items('kind: List', items('apiVersion: v1\nkind: Service', pod('a'))), ['Pod a 6']],
    ['typed, items without a kind', items('apiVersion: v1\nkind: PodList', 'metadata: {name: a}\n'), ['Pod a 4']],
    ['with items that are null', 'apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: x}\nitems: null\n', []],
    ['with no items', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nitems: []\n', []],
    ['null items of what is called no list: an object to Argo CD and Flux', `${pod('a')}items:\n`, ['Pod a 1']],
    ['items that are a map', `${pod('a')}items: {a: b}\n`, ['Pod a 1']],
    ['an item that is not an object', `kind: List\nitems: [${json('a')}, 5]\n`, ['Pod a 2', 'broken']],
    ['without a kind', `items: [${json('a')}]\n`, ['broken']],
  ])('%s', (_what, text, wanted) => expect(objects(text)).toEqual(wanted));
});

describe('keys are found however they are written', () => {
  it.each([
    '"\\x61piVersion"',
    '"\\u0061piVersion"',
    '"\\U00000061piVersion"',
    '"api\\\n  Version"',
    '!!binary YXBpVmVyc2lvbg==',
  ])('%s', (key) => expect(objects(`? ${key}\n: v1\n${pod('a').split('\n').slice(1).join('\n')}`)).toEqual(['Pod a 1']));
  it('in every key at once', () => {
    const text = '"\\x61piVersion": v1\n"k\\x69nd": Pod\n"met\\x61data": {name: a}\n';
    expect(objects(text)).toEqual(['Pod a 1']);
  });
});

describe('what the API server would not accept is listed, not refused', () => {
  const why = (text: string) => {
    const { documents, skipped } = read(text);
    return documents.length > 0 ? 'a manifest' : skipped.map(({ reason }) => reason).join('; ');
  };
  it.each<[string, RegExp]>([
    ['apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []\n', /kind.x-k8s.io\/v1alpha4 Cluster has no name/],
    ['apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n', /has no name/],
    ['apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n', /has no name/],
    ['apiVersion: skaffold/v4beta1\nkind: Config\nbuild: {}\n', /has no name/],
    ['apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {namespace: x}\n', /has no name/],
    ['apiVersion: v1\nkind: Config\nclusters: []\nusers: []\n', /v1 Config has no name/],
    ['apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nrequest: {}\n', /has no name/],
    ['apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n$patch: delete\n', /a kustomize patch/],
    ['apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: a}\nlabels: {b: c}\n', /configures kustomize/],
    ['kind: Menu\napiVersion: example.com/v1\nitems: [soup, bread]\n', /not a Kubernetes manifest/],
    ['nav:\n- kind: !!python/name:x.y\n', /not a Kubernetes manifest/],
    ['{ // comment\n "kind": 1, "x": "\\u00e9"}\n', /not a Kubernetes manifest/],
    ['script: |\n  echo apiVersion kind\nx: !reference [a, b]\n', /not a Kubernetes manifest/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ cookiecutter.name }}\n', /templated text/],
    ['{{- if .Values.x }}\napiVersion: v1\nkind: ConfigMap\n{{- end }}\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\n{% if x %}\nmetadata: {name: a}\n{% endif %}\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\n{{ if x }}\nmetadata: {name: a}\n{{ end }}\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{- x }}\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {{ include "x" . | nindent 4 }}\n', /templated text/],
    ['apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: {PREFIX}.16}\n', /templated text/],
    ['apiVersion: v1\nkind: Service\nmetadata:\n  name: {NAME}-web\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: @NAME@\n  labels: {a: %VALUE%}\n', /templated text/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: %VALUE%}}\n', /templated text/],
    ['apiVersion: release-notes/v2\rkind: bug-fix\rarea: x\r', /not a Kubernetes manifest: it has no metadata/],
  ])('%j', (text, reason) => expect(why(text)).toMatch(reason));

  it.each<[string, string]>([
    ['a kind of Kubernetes without a name', 'apiVersion: apps/v1\nkind: Deployment\nspec: {}\n'],
    ['a patch that does more than delete', `${pod('a')}$patch: delete\nspec: {hostPID: true}\n`],
  ])('but not %s', (_what, text) => expect(why(text)).toBe('a manifest'));

  it.each<[string, string]>([
    ['braces in a comment', `${pod('a')}# {{ x }}\nkind: Pod\n`],
    ['braces in a string', `${pod('a')}x: "{{ y }}"\nkind: Pod\n`],
    ['braces on the line of a string that goes on at the margin', `${pod('a')}x: {a: "x\n{{ y"}\nkind: Pod\n`],
    ['braces behind the first error', `${pod('a')}x: "\\'"\ny: {{ z }}\n`],
    ['a comment behind a brace', `${pod('a')}x: {Y}# z\nkind: Pod\n`],
    ['a placeholder behind the first error', `${pod('a')}x: "\\'"\ny: {Z}.1\n`],
    ['a placeholder in a string', `${pod('a')}x: "\n@Y@\n"\nkind: Pod\n`],
    ['metadata that is spelled with escapes', 'apiVersion: v1\nkind: Pod\n"met\\\radat\\x61": {name: a}\nx: !js y\n'],
    ['a tag in an object', `${pod('a')}x: !js y\n`],
    ['a key twice', `${pod('a')}kind: Pod\n`],
  ])('nor what might hide behind %s', (_what, text) => {
    expect(() => objects(text).map((found) => expect(found).toBe('Pod a 1'))).toThrow();
  });

  it('keeps the manifests next to it', () => {
    const found = read(`${pod('a')}---\nname: {{ x }}\n---\na: 1\n---\n${pod('b')}`);
    expect(found.documents.map(({ line }) => line)).toEqual([1, 9]);
    expect(found.skipped.map(({ line }) => line)).toEqual([5, 7]);
  });
});

describe('limits', () => {
  const big = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: ${'x'.repeat(3 * 1024 * 1024)}}\n`;
  it('are those of a document for manifests and for what a tool rendered', () => {
    const text = `${big}---\n${big}`;
    expect(read(text).documents).toHaveLength(2);
    expect(() => parseYaml({ file: 'f', text })).toThrow(/the file is \d+ bytes/);
    const values: readonly JsonValue[] = parseYaml({ file: 'f', text, limit: 'document' }).map(({ value }) => value);
    expect(values.filter(isObject)).toHaveLength(2);
    expect(() => read(big.repeat(22).replaceAll(/^(?=api)/gm, '---\n'))).toThrow(/the file is \d+ bytes/);
    const over = `a: 1\n---\na: ${'x'.repeat(yamlLimits.bytes)}\n`;
    expect(() => parseYaml({ file: 'f', text: over, limit: 'document' })).toThrow(/f:3: the document is/);
  });
  it('stop no file that is not a manifest', () => {
    expect(read(`{"x": "${'x'.repeat(yamlLimits.bytes)}", "kind": 1}`).skipped).toHaveLength(1);
  });
});
