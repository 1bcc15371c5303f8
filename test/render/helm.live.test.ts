import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import type { HelmChart } from '../../src/model/config.ts';
import { valueAt } from '../../src/model/field-path.ts';
import { defaultSeverityPolicy } from '../../src/model/severity.ts';
import { render } from '../../src/render/render.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, placeOf, ports, renderRepository, repository } from './bench.ts';

const tool = await installedTool('helm');
const tools = () => (tool === undefined ? Promise.reject(new Error('no helm')) : Promise.resolve(tool));
const run = (files: Readonly<Record<string, string | Uint8Array>>, charts: Parameters<typeof configured>[0] = []) =>
  renderRepository(files, tools, configured(charts));
const configured = (charts: readonly { readonly environment?: string; readonly values: readonly string[] }[]) => ({
  helm: {
    kubeVersion: '1.33.0',
    apiVersions: ['example.com/v1'],
    charts: charts.length === 0 ? [] : [{ path: 'c', releaseName: 'web', namespace: 'shop', releases: charts }],
  },
});
const meta = { 'c/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n' };
const pod = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata:',
  '  name: {{ .Release.Name }}',
  '  annotations: { kube: "{{ .Capabilities.KubeVersion.Version }}", has: "{{ .Capabilities.APIVersions.Has "example.com/v1" }}" }',
  'spec:',
  '  containers:',
  '    - name: a',
  '      image: "{{ .Values.image }}"',
  '      securityContext:',
  '        {{- toYaml .Values.security | nindent 8 }}',
  '',
].join('\n');
const chart = { ...meta, 'c/templates/pod.yaml': pod, 'c/values.yaml': 'image: a:1\nsecurity:\n  privileged: true\n' };
const image = ['spec', 'containers', 0, 'image'] as const;

describe.skipIf(tool === undefined)(`helm, live${tool === undefined ? ' (skipped: no helm in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('refuses a name of a release that Helm would take for an option', async () => {
    const charts = [{ path: 'c', releaseName: '--output-dir=out', namespace: 'shop', releases: [] }];
    const set = await renderRepository(chart, tools, { helm: { ...configured([]).helm, charts } });
    expect(set.failures.map(({ code, message }) => [code, message])).toEqual([
      ['RENDER_REFUSED', expect.stringContaining('"--output-dir=out" is not the name of a release')],
    ]);
  });

  it('renders each release for the Kubernetes version of its environment', async () => {
    const { helm } = configured([
      { environment: 'production', values: [] },
      { environment: 'staging', values: [] },
    ]);
    const set = await renderRepository(chart, tools, { helm: { ...helm, kubeVersions: { production: '1.35.0' } } });
    const version = (at: number) => valueAt(set.resources[at]?.object, ['metadata', 'annotations', 'kube']);
    expect([version(0), version(1)]).toEqual(['v1.35.0', 'v1.33.0']);
  });

  it('renders a chart whose notes are not UTF-8, and refuses a manifest that is not', async () => {
    const latin1 = (text: string) => Buffer.from(text, 'latin1');
    const notes = await run({ ...chart, 'c/templates/NOTES.txt': latin1('Größe\n') });
    expect(notes.failures).toEqual([]);
    expect(notes.resources.map(({ kind }) => kind)).toEqual(['Pod']);
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {size: "größe"}\n';
    const manifest = await run({ ...chart, 'c/templates/config.yaml': latin1(config) });
    expect(manifest.failures).toHaveLength(1);
  });

  it('renders a release each environment, each field in its template or the values that decide it', async () => {
    const set = await run({
      ...chart,
      'c/values-production.yaml': '# ours\nimage: b:2\n',
      'c/crds/x.yaml': 'apiVersion: x/v1\nkind: Crd\nmetadata: {name: x}\n',
    });
    expect(set.failures).toEqual([]);
    const pods = set.resources.filter((found) => found.kind === 'Pod');
    expect(pods.map((found) => found.name)).toEqual(['demo', 'demo']);
    expect(set.images.map((found) => found.reference)).toEqual(['a:1', 'b:2']);
    expect(placeOf(pods[0], ...image)).toBe('c/values.yaml:1 field');
    expect(placeOf(pods[1], ...image)).toBe('c/values-production.yaml:2 field');
    expect(placeOf(pods[0], 'spec', 'containers', 0, 'securityContext', 'privileged')).toBe('c/values.yaml:3 field');
    expect(placeOf(pods[0], 'spec', 'containers', 0, 'resources')).toBe('c/templates/pod.yaml:8 parent');
    expect(pods[0]?.object.metadata).toMatchObject({ annotations: { kube: 'v1.33.0', has: 'true' } });
    expect(set.resources.filter((found) => found.kind === 'Crd')).toHaveLength(2);
  });

  it('takes release name, namespace and environment from the configuration', async () => {
    const environments = [{ name: 'live', match: { paths: [], namespaces: [], labels: {} } }];
    const set = await renderRepository({ ...chart, 'c/x.yaml': 'image: c:3\n' }, tools, {
      ...configured([{ environment: 'live', values: ['x.yaml'] }]),
      environments: environments.map((environment) => ({ ...environment, severity: defaultSeverityPolicy })),
    });
    expect(set.resources.map((found) => [found.name, found.environments])).toEqual([['web', ['live']]]);
  });

  it.each([
    ['a missing values file', chart, [{ values: ['gone.yaml'] }], 'RENDER_FAILED', 'c/gone.yaml', undefined],
    ['a values file outside', chart, [{ values: ['../../x.yaml'] }], 'RENDER_REFUSED', '../../x.yaml', undefined],
    ['broken values', { ...chart, 'c/x.yaml': 'a: 1\nb: [\n' }, [{ values: ['x.yaml'] }], 'MANIFEST_INVALID', 'c/x.yaml', 3],
    [
      'a template that does not parse',
      { ...chart, 'c/templates/x.yaml': '\n{{ if }}\n' },
      [],
      'RENDER_FAILED',
      'c/templates/x.yaml',
      2,
    ],
    [
      'a value that the schema of the values refuses',
      { ...chart, 'c/values.schema.json': '{"required": ["b"], "properties": {"image": {"type": "integer"}}}' },
      [],
      'RENDER_FAILED',
      'c/Chart.yaml',
      1,
    ],
    ['broken output', { ...chart, 'c/templates/x.yaml': 'a: b: c\n' }, [], 'RENDER_FAILED', 'c/templates/x.yaml', 1],
    [
      'a key twice in the output',
      { ...meta, 'c/templates/x.yaml': 'apiVersion: v1\nkind: Pod\nkind: Job\nmetadata: {name: x}\n' },
      [],
      'MANIFEST_INVALID',
      'c/templates/x.yaml',
      1,
    ],
  ])('reports where it failed: %s', async (_what, files, releases, code, file, line) => {
    const set = await run({ ...files, 'good.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }, releases);
    expect(set.failures.map((failure) => [failure.code, failure.details.file, failure.details.line])).toEqual([
      [code, file, line],
    ]);
    expect(set.resources.map((found) => found.kind)).toContain('ConfigMap');
  });

  it('reports a value that the chart asks for as a gap, and renders its other releases', async () => {
    const set = await run({
      ...chart,
      'c/templates/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ required "need x" .Values.x }}}\n',
      'c/values-production.yaml': 'x: set\n',
    });
    expect(set.failures).toEqual([]);
    expect(set.gaps).toMatchObject([{ file: 'c/templates/x.yaml', line: 3, subject: 'chart c', unit: 'c' }]);
    expect(set.resources.map((found) => found.name)).toEqual(['set', 'demo']);
  });

  describe('a dependency that is not in the repository', () => {
    const dependency =
      'dependencies:\n  - {name: db, version: 1.0.0, repository: "https://charts.example.com", condition: db.enabled}\n';
    const files = { ...chart, 'c/Chart.yaml': `${meta['c/Chart.yaml']}${dependency}` };

    it('is a gap at its line, and the rest of the chart is judged', async () => {
      const set = await run(files);
      expect(set.failures).toEqual([]);
      expect(set.gaps).toMatchObject([{ file: 'c/Chart.yaml', line: 5, subject: 'dependency db of chart c' }]);
      expect(set.resources.map((found) => found.name)).toEqual(['demo']);
    });

    it('is absent if the values disable it', async () => {
      const set = await run({ ...files, 'c/values.yaml': `${chart['c/values.yaml']}db: {enabled: false}\n` });
      expect([set.failures, set.gaps]).toEqual([[], []]);
    });

    it('keeps a chart that needs its helpers from rendering, which is one gap whose next step provides it', async () => {
      const set = await run({ ...files, 'c/templates/x.yaml': '{{ include "db.name" . }}' });
      expect(set.failures).toEqual([]);
      expect(set.gaps).toEqual([
        {
          file: 'c/Chart.yaml',
          line: 5,
          subject: 'chart c',
          reason: expect.stringMatching(
            /^it lacks the dependency db: it is not in c\/charts\/, .*; and c\/templates\/x.yaml:1 includes a template that is not in the chart$/,
          ),
          next: expect.stringMatching(/^Run `helm dependency build`/),
          unit: 'c',
        },
      ]);
    });

    it('is named together with what else keeps the chart from rendering', async () => {
      const set = await run({ ...files, 'c/templates/x.yaml': '{{ .Values.none.tag }}' });
      expect(set.failures).toEqual([]);
      expect(set.gaps.map(({ subject, reason }) => `${subject}: ${reason}`)).toEqual([
        expect.stringMatching(/^chart c: it lacks the dependency db: .*; and the chart does not render: .*nil pointer/),
      ]);
    });

    it('is rendered where it is a chart of this repository, with its lines there', async () => {
      const set = await run({
        ...meta,
        'c/Chart.yaml': `${meta['c/Chart.yaml']}dependencies:\n  - {name: db, version: 1.0.0, repository: "file://../lib/db"}\n`,
        'lib/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
        'lib/db/templates/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: s-{{ .Release.Name }}\n',
      });
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map((found) => [found.source.unit, placeOf(found, 'metadata', 'name')])).toEqual([
        ['c', 'lib/db/templates/p.yaml:4 field'],
        ['lib/db', 'lib/db/templates/p.yaml:4 field'],
      ]);
    });
  });

  it.each([
    ['values_production.yaml', 'production'],
    ['values-production.yml', 'production'],
    ['production-values.yaml', 'production'],
    ['production.values.yaml', 'production'],
    ['values/production.yaml', 'production'],
    ['env/production/values.yaml', 'production'],
    ['environments/production/values.yaml', 'production'],
    ['envs/production.yaml', 'production'],
    ['ci/full-values.yaml', undefined],
    ['ci/values.yaml', undefined],
  ])('makes a release of %s', async (name, environment) => {
    const set = await run({ ...chart, [`c/${name}`]: 'image: b:2\n' });
    expect(set.failures).toEqual([]);
    expect(set.images.map((found) => found.reference)).toEqual(['a:1', 'b:2']);
    const found = await discover(gateConfig({ workspace: repository({ ...chart, [`c/${name}`]: '' }) }), ports);
    expect(found.charts[0]?.releases[1]?.environment).toBe(environment);
  });

  it.each([
    ['whose schema asks for values', { ...chart, 'c/values.schema.json': '{"required": ["b", "c"]}' }, /missing propert/],
    ['without a version', { ...chart, 'c/Chart.yaml': 'apiVersion: v2\nname: demo\n' }, /version is required/],
    [
      'with a placeholder as version',
      { ...chart, 'c/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: __V__\n' },
      /"__V__" is invalid/,
    ],
    [
      'of a project template',
      { ...chart, 'c/Chart.yaml': 'apiVersion: v2\nname: {{ cookiecutter.name }}\n' },
      /Chart.yaml is templated/,
    ],
  ])('is a gap: a chart %s', async (_what, files, reason) => {
    const set = await run({ ...files, 'good.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
    expect(set.failures).toEqual([]);
    expect(set.gaps).toMatchObject([
      { file: 'c/Chart.yaml', line: 1, subject: 'chart c', unit: 'c', reason: expect.stringMatching(reason) },
    ]);
    expect(set.resources.map(({ kind }) => kind)).toEqual(['ConfigMap']);
  });

  it('takes a chart whose name is a number', async () => {
    const set = await run({
      'c/Chart.yaml': 'apiVersion: v2\nname: 2048\nversion: 1.0.0\n',
      'c/templates/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\n',
    });
    expect(set.failures).toEqual([]);
    expect(set.resources).toHaveLength(1);
  });

  it('knows an API that every cluster serves, and `helm template` alone does not', async () => {
    const has = '{{ .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1" }}';
    const set = await run({
      ...chart,
      'c/templates/x.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "api-${has}"}\n`,
    });
    expect(set.resources.map(({ name }) => name)).toContain('api-true');
  });

  it('names the setting where the chart wants another version of Kubernetes', async () => {
    const set = await run({ ...chart, 'c/Chart.yaml': `${meta['c/Chart.yaml']}kubeVersion: ">=1.99.0"\n` });
    expect(set.failures.map(({ message }) => message)).toEqual([expect.stringContaining('Set `helm.kubeVersion`')]);
  });

  it('places what follows a template in a folder crds/ of templates/ in its own template', async () => {
    const definition = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n';
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: z}\n';
    const comments = '{{/* not in the output */}}\n'.repeat(40);
    const set = await run({ ...meta, 'c/templates/crds/x.yaml': `${comments}${definition}`, 'c/templates/z.yaml': service });
    expect(set.failures).toEqual([]);
    expect(set.resources.map((found) => `${found.name} ${found.origin.locate(['metadata', 'name']).file}`)).toEqual([
      'x c/templates/crds/x.yaml',
      'z c/templates/z.yaml',
    ]);
  });

  it('places every document of a file of crds/ in it, whatever it begins with', async () => {
    const crd = (name: string) => `apiVersion: x/v1\nkind: Crd\nmetadata:\n  name: ${name}\n`;
    const set = await run({ ...meta, 'c/crds/x.yaml': `---\n${crd('a')}---\n# Source: c/templates/other.yaml\n${crd('b')}` });
    expect(set.resources.map((found) => placeOf(found, 'metadata', 'name').split(':')[0])).toEqual([
      'c/crds/x.yaml',
      'c/crds/x.yaml',
    ]);
  });

  describe('the namespace of a release', () => {
    const environments = ['production', 'staging'].map((name) => ({
      name,
      match: { paths: [], namespaces: [`shop-${name}`], labels: {} },
      severity: defaultSeverityPolicy,
    }));
    const of = async (more: Readonly<Record<string, string>>, named: Partial<HelmChart> = {}) => {
      const own = { path: 'c', releaseName: 'web', namespace: 'default', releases: [], ...named };
      // What the template asks for: one rendering is enough.
      const apiVersions = ['example.com/v1'];
      const helm = { kubeVersion: '1.33.0', apiVersions, charts: named.namespace === '' ? [] : [own] };
      const set = await renderRepository({ ...chart, ...more }, tools, { environments, helm });
      return set.resources.map((found) => found.environments);
    };
    const both = ['production', 'staging'];
    const unknown = { namespace: '' };

    it.each<[string, Readonly<Record<string, string>>, Partial<HelmChart>, readonly (readonly string[])[]]>([
      ['of the chart’s own values may be any', {}, unknown, [both]],
      [
        'of them may be any in addition to values of an environment',
        { 'c/values-production.yaml': '' },
        unknown,
        [both, ['production']],
      ],
      ['with a name other than that of an environment may be any', { 'c/values-eu.yaml': '' }, unknown, [both, both]],
      ['that the configuration leaves out may be any', {}, {}, [both]],
      ['that the configuration names is that', {}, { namespace: 'tools', hasNamespace: true }, [[]]],
      ['is that of the environment of the configuration', {}, { namespace: 'shop-staging', hasNamespace: true }, [['staging']]],
      [
        'is that of its environment',
        { 'c/a.yaml': '' },
        { releases: both.map((environment) => ({ environment, values: ['a.yaml'] })) },
        [['production'], ['staging']],
      ],
    ])('%s', async (_what, more, named, expected) => {
      expect(await of(more, named)).toEqual(expected);
    });
  });

  describe('conditions on the namespace', () => {
    const conditional = {
      ...meta,
      'c/templates/p.yaml': '{{ if ne .Release.Namespace "default" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n{{ end }}',
    };
    const live = {
      name: 'live',
      match: { paths: [], namespaces: ['shop', 'shop-eu'], labels: {} },
      severity: defaultSeverityPolicy,
    };

    it('are rendered for each namespace that an environment names', async () => {
      const set = await renderRepository(conditional, tools, { environments: [live] });
      expect(set.resources.map(({ environments }) => environments)).toEqual([['live'], ['live']]);
    });

    it('are rendered for another namespace otherwise, and listed', async () => {
      const set = await renderRepository(conditional, tools);
      expect(set.resources.map(({ name }) => name)).toEqual(['p']);
      expect(set.units.map(({ reason }) => reason)).toEqual([expect.stringContaining('.Release.Namespace (default)')]);
    });
  });

  describe('another installation of a release', () => {
    const when = (condition: string, privileged = 'true') =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostPID: ${privileged}}\n---\n{{ if ${condition} }}\napiVersion: v1\nkind: Pod\nmetadata: {name: hidden}\n{{ end }}`;

    it.each([
      '.Release.IsUpgrade',
      'not (get .Release "IsInstall")',
      'eq .Release.Name "web"',
      'ne .Release.Name "demo"',
      '.Capabilities.APIVersions.Has "certs.example.com/v1"',
    ])('hides nothing: %s', async (condition) => {
      const set = await renderRepository({ ...meta, 'c/templates/p.yaml': when(condition) }, tools);
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map(({ name }) => name)).toEqual(['p', 'hidden']);
    });

    it('that changes a field is judged as well', async () => {
      const set = await run({ ...meta, 'c/templates/p.yaml': when('false', '{{ .Release.IsUpgrade }}') });
      expect(set.resources.map(({ object }) => valueAt(object, ['spec', 'hostPID']))).toEqual([false, true]);
    });

    it.each([
      ['a variable', '{{ $found := lookup "v1" "Namespace" "" "a" }}', '$found'],
      ['a pipeline', '{{ $found := "a" | lookup "v1" "Namespace" "" }}', '($found.metadata | default dict).name'],
      ['a list', '{{ $found := (lookup "v1" "Namespace" "" "").items }}', '$found'],
      ['data', '{{ $found := (lookup "v1" "ConfigMap" "a" "b").data }}', 'index ($found | default dict) "level"'],
      ['a helper', '{{ define "found" }}{{ lookup "v1" "Namespace" "" "a" | toYaml }}{{ end }}', 'ne (include "found" .) "{}"'],
      ['a value', '{{ $_ := set .Values "found" (lookup "v1" "Namespace" "" "a") }}', '.Values.found'],
    ])('in which lookup finds something hides nothing: %s', async (_what, before, condition) => {
      const set = await run({ ...meta, 'c/templates/p.yaml': `${before}\n${when(condition)}` });
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map(({ name }) => name)).toEqual(['p', 'hidden']);
    });

    const decisions = [
      ['an upgrade', when('.Release.IsUpgrade')],
      ['what lookup finds', `{{ $found := lookup "v1" "Namespace" "" "a" }}\n${when('$found')}`],
      ['a name', when('eq .Release.Name "web"')],
    ];
    it.each(
      decisions.flatMap(([decision = '', text = '']) =>
        [
          ['of a name that no editor knows', 'c/templates/p.yaml.gotmpl', ''],
          ['without an extension', 'c/templates/p', ''],
          ['that `tpl` evaluates', 'c/files/p.txt', '{{ tpl (.Files.Get "files/p.txt") . }}'],
          [
            'of a folder that `tpl` evaluates',
            'c/files/p.txt',
            '{{ range $f, $_ := .Files.Glob "files/*" }}{{ tpl ($.Files.Get $f) $ }}{{ end }}',
          ],
        ].map(([what = '', file = '', template = '']) => [decision, what, { [file]: text }, template] as const),
      ),
    )('hides nothing that depends on %s in a file %s', async (_decision, _what, file, template) => {
      const set = await run({ ...meta, ...file, 'c/templates/all.yaml': template });
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map(({ name }) => name)).toEqual(['p', 'hidden']);
    });

    it('is a gap where the time decides in a file that `tpl` evaluates', async () => {
      const file = when('now | date "2006" | eq "2030"');
      const set = await run({ ...meta, 'c/p.txt': file, 'c/templates/all.yaml': '{{ tpl (.Files.Get "p.txt") . }}' });
      expect(set.gaps).toMatchObject([{ file: 'c/p.txt', line: 6, reason: expect.stringContaining('on the time,') }]);
    });

    it('needs no other rendering for a file that no template evaluates', async () => {
      const set = await run({ ...meta, 'c/p.txt': when('now'), 'c/templates/a.yaml': when('false') });
      expect([set.gaps, set.resources.length]).toEqual([[], 1]);
    });

    it('keeps a Secret that it finds, and finds less where a template refuses it', async () => {
      const found = '{{ $data := (lookup "v1" "Secret" "a" "b").data }}';
      const refuses = '{{ if $data }}{{ if not (hasKey $data .Values.key) }}{{ fail "no such key" }}{{ end }}{{ end }}';
      const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: '{{ $data | default dict | len }}'}\n`;
      const set = await run({
        ...meta,
        'c/values.yaml': 'key: password\n',
        'c/templates/p.yaml': `${found}${refuses}\n${secret}`,
      });
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map(({ name }) => name)).toEqual(['s']);
    });

    it('that fails is a gap, and the release is rendered', async () => {
      const set = await run({
        ...meta,
        'c/templates/p.yaml': `${when('false')}{{ if .Release.IsUpgrade }}{{ fail "no" }}{{ end }}`,
      });
      expect(set.resources.map(({ name }) => name)).toEqual(['p']);
      expect(set.gaps.map(({ subject }) => subject)).toEqual([expect.stringContaining('on an upgrade')]);
      expect(set.units.map(({ status }) => status)).toEqual(['rendered']);
    });
  });

  it('names the place in a subchart', async () => {
    const set = await run({
      ...meta,
      'c/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'c/charts/sub/templates/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: s\n',
    });
    expect(placeOf(set.resources[0], 'metadata', 'name')).toBe('c/charts/sub/templates/p.yaml:4 field');
  });

  it('renders what Helm would, also where no package belongs', async () => {
    const hidden = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hidden}\n';
    const set = await run({ ...meta, 'c/templates/node_modules/x.yaml': hidden });
    expect(set.resources.map((found) => found.name)).toEqual(['hidden']);
  });

  it('keeps the rest of a run if a file of a chart is not text', async () => {
    const workspace = repository({ ...chart, 'good.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
    writeFileSync(path.join(workspace, 'c/templates/x.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    const config = gateConfig({ workspace });
    const context = { ports, tools, tempDir: repository({}), signal: new AbortController().signal };
    const set = await render(await discover(config, ports), config, context);
    expect(set.failures.length).toBeGreaterThan(0);
    expect(set.resources.map((found) => found.name)).toContain('a');
  });

  it('follows a symlink of a chart to a file or folder of the repository', async () => {
    const workspace = repository({
      ...meta,
      'shared/templates/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\n',
    });
    symlinkSync('../shared/templates', path.join(workspace, 'c/templates'));
    const config = gateConfig({ workspace, paths: ['c'] });
    const context = { ports, tools, tempDir: repository({}), signal: new AbortController().signal };
    const set = await render(await discover(config, ports), config, context);
    expect(set.failures).toEqual([]);
    expect(set.resources.map((found) => found.name)).toEqual(['s']);
  });

  it('refuses a chart with a symlink that leads out of the repository', async () => {
    const workspace = repository(chart);
    mkdirSync(path.join(workspace, 'c/files'));
    symlinkSync('/etc/hostname', path.join(workspace, 'c/files/link'));
    const config = gateConfig({ workspace });
    const tempDir = repository({});
    const set = await render(await discover(config, ports), config, {
      ports,
      tools,
      tempDir,
      signal: new AbortController().signal,
    });
    expect(set.failures.map((failure) => [failure.code, failure.details.file])).toEqual([['RENDER_REFUSED', 'c/files/link']]);
  });
});
