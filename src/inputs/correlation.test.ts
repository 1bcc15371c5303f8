import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createNodeFiles } from '../ports/node-files.ts';
import { correlationFile, loadCorrelation, parseCorrelation } from './correlation.ts';

const root = path.join(import.meta.dirname, '..', '..');
const text = readFileSync(path.join(root, correlationFile), 'utf8');
const shipped = parseCorrelation(text);
const rules = shipped.causes.flatMap((cause) => cause.rules);
const named = (engine: string) => [
  ...rules.filter((rule) => rule.engine === engine).map((rule) => rule.rule),
  ...shipped.alone.filter((name) => name.startsWith(`${engine}/`)).map((name) => name.slice(engine.length + 1)),
];

describe('the shipped map', () => {
  it('is what the gate loads', async () => {
    expect(await loadCorrelation(createNodeFiles(), root)).toEqual(shipped.causes);
  });

  it('knows each policy of the pack, and no other', () => {
    const files = readdirSync(path.join(root, 'policies'), { recursive: true, encoding: 'utf8' });
    const pack = files
      .filter((file) => file.includes(path.sep) && file.endsWith('.yaml'))
      .map((file) => path.basename(file, '.yaml'));
    expect(pack).toHaveLength(48);
    expect([...new Set(named('cel'))].toSorted()).toEqual(pack.toSorted());
  });

  it('knows each check of KubeLinter that has a severity, and no other', () => {
    const severities: unknown = parse(readFileSync(path.join(root, 'policies/severity.yaml'), 'utf8'));
    const checks = Object.keys(Object(Reflect.get(Object(severities), 'kube-linter')));
    expect([...new Set(named('kube-linter'))].toSorted()).toEqual(checks.toSorted());
  });

  it('names checks of Trivy by their ids', () => {
    expect(named('trivy').filter((id) => !/^KSV-0(?:\d{3}|1\d{3})$/.test(id))).toEqual([]);
    expect(named('trivy').length).toBeGreaterThan(70);
  });

  it('names policies of Kyverno as resources are named', () => {
    expect(named('kyverno').filter((name) => !/^[a-z][a-z0-9-]*(?:\/[a-z][a-z0-9-]*)?$/.test(name))).toEqual([]);
  });

  it('ties at least two rules or names of each cause', () => {
    const lonely = shipped.causes.filter((cause) => cause.rules.length + cause.podSecurity.length < 2);
    expect(lonely.map((cause) => cause.id)).toEqual([]);
  });
});

const written = (rules: string, alone = '[]') =>
  `causes:\n  - id: one\n    title: One\n    because: They do.\n    rules: ${rules}\nalone: ${alone}\n`;

describe('a broken map is refused at its line', () => {
  it.each([
    ['an engine that does not exist', written('[cell/privileged]'), 5, /rule as ENGINE\/RULE/],
    ['a rule without a name', written('[cel/]'), 5, /rule as ENGINE\/RULE/],
    [
      'an unknown key',
      written('[cel/a]').replace('title', 'titel'),
      3,
      /unknown key `titel` in item 1 of `causes`; expected `title`/,
    ],
    ['a rule that is there twice', written('[cel/a, cel/a]'), 5, /cel\/a is there twice/],
    [
      'a part of a rule that is there twice',
      written('[{ rule: cel/a, says: x }, { rule: cel/a, says: x }]'),
      5,
      /says: x is there twice/,
    ],
    ['a rule with a cause that is alone', written('[cel/a]', '[cel/a]'), 6, /has a cause and is alone/],
    ['a part with both', written('[{ rule: cel/a, says: x, field: spec }]'), 5, /either `field` or `says`/],
    ['two documents', `${written('[cel/a]')}---\n{}\n`, 1, /more than one document/],
    ['nothing', '', 1, /no document/],
  ])('%s', (_what, broken, line, message) => {
    let thrown: unknown;
    try {
      parseCorrelation(broken);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'CONFIG_INVALID',
      details: { file: correlationFile, line, message: expect.stringMatching(message) },
    });
  });
});
