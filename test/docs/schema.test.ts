import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { baselineText } from '../../src/commands/baseline/text.ts';
import { configText } from '../../src/commands/init-survey.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { complaintsBy, configComplaints } from '../support/config-schema.ts';
import { root } from '../support/root.ts';

const node = z.looseObject({});

/** Each key that the schema names, with its description. */
function keys(value: unknown, prefix = ''): readonly (readonly [string, unknown])[] {
  const parsed = node.safeParse(value);
  if (!parsed.success) return [];
  const { properties, items, additionalProperties, anyOf = [], oneOf = [] } = parsed.data;
  const own = Object.entries(node.catch({}).parse(properties)).flatMap(([key, part]) => [
    [`${prefix}.${key}`, node.parse(part).description] as const,
    ...keys(part, `${prefix}.${key}`),
  ]);
  const variants = [...z.array(z.unknown()).parse(anyOf), ...z.array(z.unknown()).parse(oneOf)];
  return [
    ...own,
    ...variants.flatMap((part) => keys(part, prefix)),
    ...keys(items, `${prefix}[]`),
    ...keys(additionalProperties, `${prefix}.*`),
  ];
}

it.each([
  ['config', 60],
  ['organization', 60],
  ['waivers', 8],
  ['baseline', 9],
])('describes each key of the schema %s, for whoever completes it in an editor', (name, fewest) => {
  const all = keys(JSON.parse(readFileSync(path.join(root, 'schemas', `${name}.schema.json`), 'utf8')));
  expect(all.length).toBeGreaterThanOrEqual(fewest);
  expect(all.filter(([, text]) => typeof text !== 'string' || text === '').map(([key]) => key)).toEqual([]);
});

it('takes what init writes, which names the schema in its first line', () => {
  const criteria = [
    { key: 'paths', value: 'overlays/production/**' },
    { key: 'namespaces', value: 'shop', because: 'Application argocd/shop' },
  ] as const;
  const environments = new Map([['production', criteria]]);
  const text = configText(
    { files: [], environments, hasCharts: true, deployed: [], unplaced: [] },
    {
      existing: 3,
      isEmpty: true,
      unused: [],
      exclude: [{ glob: 'tests/**', because: 'a\nb: [' }],
      charts: [
        { path: 'charts/api', releases: [{ environment: 'production', values: ['../p.yaml'] }, { values: [] }], because: 'c' },
      ],
    },
  );
  expect(configComplaints(parseYaml({ file: '.k8s-gate.yaml', text })[0]?.value)).toEqual([]);
  const [, url = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
  expect(url).toBe('https://raw.githubusercontent.com/org/k8s-gate/v1/schemas/config.schema.json');
  expect(existsSync(path.join(root, new URL(url).pathname.replace('/org/k8s-gate/v1/', '')))).toBe(true);
});

it('reports a typo and an invalid value', () => {
  expect(configComplaints({ version: 1, exlude: ['a'] })).not.toEqual([]);
  expect(configComplaints({ version: 1, severity: { high: 'blok' } })).not.toEqual([]);
  expect(configComplaints({ version: 1, engines: { cel: { pac: true } } })).not.toEqual([]);
});

it('has a schema of what an organization sets, and of nothing that is about one repository', () => {
  const complaints = complaintsBy('organization.schema.json');
  const settings = { version: 1, final: ['severity'], severity: { high: 'block' }, engines: { trivy: { scanners: ['vuln'] } } };
  expect(complaints({ ...settings, waivers: { maxDays: 90, never: ['cel/privileged'] } })).toEqual([]);
  expect(complaints({ ...settings, paths: ['deploy'] })).not.toEqual([]);
  expect(complaints({ ...settings, extends: 'settings.yaml' })).not.toEqual([]);
  expect(complaints({ ...settings, engines: { trivy: { scaners: ['vuln'] } } })).not.toEqual([]);
});

it('takes the file that baseline writes, which names its schema in the first line', () => {
  const complaints = complaintsBy('baseline.schema.json');
  const entry = {
    rule: 'cel/privileged',
    severity: 'critical',
    resources: ['DaemonSet shop/agent'],
    file: 'deploy/agent.yaml',
    environments: [],
    fingerprints: ['3f2a9c0e5d7b4816a1c2e3f405162738'],
    added: '2026-11-28',
    expires: '2027-06-30',
  } as const;
  for (const entries of [[], [{ ...entry, line: 4 }]]) {
    const text = baselineText(entries);
    expect(complaints(parseYaml({ file: 'baseline.yaml', text })[0]?.value)).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/v1\/schemas\/baseline\.schema\.json\n/);
  }
  expect(complaints({ version: 1, findings: [{ ...entry, expire: '2027-06-30' }] })).not.toEqual([]);
});
