import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { configText } from '../../src/commands/init-survey.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { configComplaints, configSchemaFile } from '../support/config-schema.ts';
import { root } from '../support/root.ts';

const node = z.looseObject({});
const schema: unknown = JSON.parse(readFileSync(configSchemaFile, 'utf8'));

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

it('describes each key, for whoever completes it in an editor', () => {
  const all = keys(schema);
  expect(all.length).toBeGreaterThan(60);
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
