import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { renderedDiff, type Side } from './rendered.ts';

function resource(object: JsonObject, part: Partial<Resource> = {}): Resource {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name: string } };
  return {
    uid: `${kind}-${metadata.name}`,
    apiVersion,
    kind,
    name: metadata.name,
    object,
    source: { kind: 'helm', unit: 'charts/shop' },
    environments: ['production'],
    origin: { locate: () => ({ file: 'charts/shop/templates/web.yaml', line: 1, precision: 'field' }) },
    ...part,
  };
}
const deployment = (image: string, name = 'web', part: Partial<Resource> = {}) =>
  resource({ spec: { containers: [{ image, name: 'a' }] }, metadata: { name }, kind: 'Deployment', apiVersion: 'apps/v1' }, part);
const secret = (password: string, more: JsonObject = {}) =>
  resource({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { password, user: 'YQ==' }, ...more });

const side = (resources: readonly Resource[], part: Partial<Side> = {}) => ({ resources, units: [], images: [], ...part });
const differ = (before: readonly Resource[], after: readonly Resource[], findings: readonly JudgedFinding[] = []) =>
  renderedDiff(side(before), side(after), findings);
const linesOf = (before: readonly Resource[], after: readonly Resource[], findings: readonly JudgedFinding[] = []) =>
  differ(before, after, findings).deployables.flatMap(({ resources }) => resources.flatMap(({ lines }) => lines));

const found = (path: readonly (string | number)[], part: Partial<JudgedFinding> = {}): JudgedFinding => ({
  finding: finding({
    severity: 'critical',
    rule: 'privileged',
    title: 'no tag',
    subject: { kind: 'resource', resource: 'Deployment-web', path },
  }),
  action: 'block',
  decidedBy: 'default',
  ...part,
});

describe('the rendered difference', () => {
  it('shows what changes in a manifest of one style, with a finding below its line', () => {
    const image = ['spec', 'containers', 0, 'image'];
    const diff = differ([deployment('web:1')], [deployment('web:2')], [found(image), found(image, { action: 'allow' })]);
    expect(diff.counts).toEqual({ added: 0, changed: 1, removed: 0 });
    expect(diff.deployables).toEqual([
      {
        unit: 'charts/shop',
        environments: ['production'],
        resources: [
          {
            change: 'changed',
            label: 'Deployment web',
            source: { file: 'charts/shop/templates/web.yaml', line: 1 },
            lines: [
              '@@ -5,4 +5,4 @@',
              ' spec:',
              '   containers:',
              '     - name: a',
              '-      image: web:1',
              '+      image: web:2',
              '! critical cel/privileged: no tag (must be fixed)',
            ],
          },
        ],
      },
    ]);
  });

  it('shows a new finding whose line is not in the difference first, and an old one not at all', () => {
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`l${index}`, 'x']));
    const web = (image: string) =>
      resource({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels }, spec: { image } });
    const lines = linesOf([web('a')], [web('b')], [found([]), found([], { state: 'unchanged' })]);
    expect(lines.slice(0, 2)).toEqual(['! critical cel/privileged: no tag (must be fixed)', expect.stringMatching(/^@@/)]);
    expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(1);
  });

  it('counts many findings of one line', () => {
    const many = Array.from({ length: 8 }, () => found(['metadata', 'name']));
    expect(linesOf([], [deployment('a')], many).filter((line) => line.startsWith('!'))).toEqual([
      ...Array.from({ length: 5 }, () => expect.stringContaining('no tag')),
      '! 3 more',
    ]);
  });

  it('is empty if nothing differs', () => {
    expect(differ([deployment('a')], [deployment('a')])).toEqual({
      deployables: [],
      counts: { added: 0, changed: 0, removed: 0 },
      unchanged: 1,
      notCompared: [],
    });
  });

  it('counts what is added, removed and the same', () => {
    const diff = differ([deployment('a'), deployment('a', 'old')], [deployment('a'), deployment('a', 'new')]);
    expect(diff.counts).toEqual({ added: 1, changed: 0, removed: 1 });
    expect(diff.unchanged).toBe(1);
    expect(diff.deployables[0]?.resources.map(({ change, label }) => `${change} ${label}`)).toEqual([
      'added Deployment new',
      'removed Deployment old',
    ]);
  });

  it('does not mistake the same resource in another environment for a change', () => {
    const staging = deployment('a', 'web', { environments: ['staging'] });
    expect(differ([deployment('a'), staging], [staging, deployment('a')]).unchanged).toBe(2);
  });

  it('names environments that a resource is new in', () => {
    const both = deployment('a', 'web', { environments: ['staging', 'production'] });
    expect(linesOf([deployment('a', 'web', { environments: ['staging'] })], [both])).toEqual([
      '! now in the environment production',
    ]);
  });

  it('finds a resource again whose file has moved', () => {
    const moved = deployment('a', 'web', { source: { kind: 'plain', unit: 'apps/web.yaml' } });
    expect(differ([deployment('a')], [moved])).toMatchObject({ unchanged: 1, counts: { added: 0, removed: 0 } });
  });

  it('does not call new or gone what one side could not render', () => {
    const unit = { kind: 'helm', path: 'charts/shop', status: 'rendered', resources: 1 } as const;
    const failed = { ...unit, status: 'failed', resources: 0, reason: 'values.yaml is not YAML' } as const;
    const web = [deployment('a')];
    const notCompared = (name: string) => [{ what: 'charts/shop', side: name, reason: 'values.yaml is not YAML' }];
    const gone = renderedDiff(side(web, { units: [unit] }), side([], { units: [failed] }), []);
    expect(gone).toMatchObject({ deployables: [], counts: { removed: 0 }, notCompared: notCompared('change') });
    const fresh = renderedDiff(side([], { units: [failed] }), side(web, { units: [unit] }), []);
    expect(fresh).toMatchObject({ deployables: [], counts: { added: 0 }, notCompared: notCompared('base') });
  });

  it('cuts a very long manifest and counts what is left', () => {
    const data = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`key${index}`, 'x']));
    const [deployable] = differ(
      [],
      [resource({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data })],
    ).deployables;
    expect(deployable?.resources[0]).toMatchObject({ left: 506 });
    expect(deployable?.resources[0]?.lines).toHaveLength(1_000);
  });
});

describe('values of Secrets', () => {
  const values = ['b2xk', 'bmV3', 'YQ==', 'in-clear'];
  const hides = (before: readonly Resource[], after: readonly Resource[]): string => {
    const text = JSON.stringify(differ(before, after));
    for (const value of values) expect(text).not.toContain(value);
    return text;
  };

  it('are hidden, and those that differ are named', () => {
    const text = hides([secret('b2xk')], [secret('bmV3')]);
    expect(text).toContain('+  password: (hidden, changed)');
    expect(text).toContain('   user: (hidden)');
    expect(differ([secret('b2xk')], [secret('b2xk')]).unchanged).toBe(1);
  });

  it('are hidden in what is added and in what is removed', () => {
    hides([], [secret('b2xk')]);
    hides([secret('b2xk')], []);
  });

  it.each<[string, JsonObject]>([
    ['stringData', { stringData: { token: 'in-clear' } }],
    ['data that is not a map', { data: 'in-clear' }],
    ['data with a large integer', { data: { number: 12345678901234567890n, password: 'b2xk' } }],
    [
      'the annotation of kubectl apply',
      {
        metadata: {
          name: 's',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"b2xk"}}', other: 'shown' },
        },
      },
    ],
  ])('are hidden in %s', (_where, part) => {
    hides([], [secret('b2xk', part)]);
    hides([secret('b2xk')], [secret('b2xk', part)]);
    hides([secret('b2xk', part)], [secret('b2xk')]);
  });

  it('are hidden in a Secret within another resource', () => {
    const template = (value: string) =>
      resource({
        apiVersion: 'template.openshift.io/v1',
        kind: 'Template',
        metadata: { name: 't' },
        objects: [{ apiVersion: 'v1', kind: 'Secret', stringData: { token: value } }],
      });
    expect(hides([template('b2xk')], [template('bmV3')])).toContain('(hidden, changed)');
  });

  it('are hidden wherever a field repeats them, and in variables that are named as secrets', () => {
    const pod = (variable: JsonObject) =>
      resource({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', annotations: { note: 'uses in-clear' } },
        spec: { containers: [{ name: 'c', args: ['--token=in-clear'], env: [{ name: 'A', value: 'in-clear' }, variable] }] },
      });
    const named = { name: 'DB_PASSWORD', value: 'b2xk' };
    const text = hides([], [secret('b2xk', { stringData: { token: 'in-clear' } }), pod(named)]);
    expect(text).toContain('--token=(hidden)');
    const both = [pod(named), pod({ ...named, value: 'bmV3' })].map((one) => [
      secret('b2xk', { stringData: { token: 'in-clear' } }),
      one,
    ]);
    expect(hides(both[0] ?? [], both[1] ?? [])).toContain('(hidden, changed)');
    const shown = JSON.stringify(differ([], [pod({ name: 'MODE', value: 'fast' })]));
    expect(shown).toContain('value: fast');
  });
});
