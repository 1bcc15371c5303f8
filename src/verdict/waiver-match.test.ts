import { describe, expect, it } from 'vitest';
import { finding, waiver } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import type { Waiver } from '../model/waiver.ts';
import { covers, indexByRule, partsOf } from './waiver-match.ts';

/** Whether the waiver covers the finding wholly. */
const whole = (found: Finding, held: Waiver): boolean => {
  const parts = partsOf(found);
  return parts.length > 0 && parts.every((part) => covers(held, part, found));
};

describe('partsOf', () => {
  it('is every source on every resource in every environment', () => {
    const sources = (['cel', 'trivy'] as const).map((engine) => ({ engine, rule: 'a', severity: 'low' }) as const);
    const parts = partsOf(finding({ sources, resources: ['A', 'B'], environments: ['production', 'staging'] }));
    expect(parts).toHaveLength(8);
    expect(parts[1]).toEqual({ source: sources[0], resource: 'A', environment: 'staging' });
  });

  it('is one where there is neither resource nor environment', () => {
    const parts = partsOf(finding({ resources: [], environments: [] }));
    expect(parts).toEqual([{ source: finding().sources[0], resource: undefined, environment: undefined }]);
  });
});

describe('indexByRule', () => {
  const entry = (rule: string, part: Partial<Waiver> = {}) => ({ waiver: waiver({ rule, ...part }) });
  const named = (part: Partial<Finding>, ...entries: readonly { readonly waiver: Waiver }[]) =>
    indexByRule(entries)(finding(part)).map((one) => one.waiver.rule);

  it('finds rules by name and by glob, in file order', () => {
    const entries = ['cel/b*', 'cel/bar', 'cel/b?r', 'cel/baz', 'cel/c*', 'trivy/bar', 'cel/bar'].map((rule) => entry(rule));
    expect(named({ rule: 'bar' }, ...entries)).toEqual(['cel/b*', 'cel/bar', 'cel/b?r', 'cel/bar']);
  });

  it('finds what other engines call it, and each waiver once', () => {
    const sources = [
      { engine: 'trivy', rule: 'KSV-0017', severity: 'low' },
      { engine: 'cel', rule: 'privileged', severity: 'low' },
      { engine: 'cel', rule: 'privileged-init', severity: 'low' },
    ] as const;
    const entries = ['cel/privileged', 'cel/priv*', 'trivy/KSV-0017'].map((rule) => entry(rule));
    expect(named({ sources }, ...entries)).toEqual(['cel/privileged', 'cel/priv*', 'trivy/KSV-0017']);
  });

  it('finds VEX by any of its names, each of them literal', () => {
    const vex = { source: 'openvex', aliases: ['trivy/GHSA-x'] } as const;
    const entries = [entry('trivy/CVE-1', vex), entry('trivy/*', { source: 'openvex' })];
    expect(named({ engine: 'trivy', rule: 'GHSA-x' }, ...entries)).toEqual(['trivy/CVE-1']);
    expect(named({ engine: 'trivy', rule: 'CVE-1' }, ...entries)).toEqual(['trivy/CVE-1']);
  });
});

describe('covers', () => {
  it('covers by a PolicyException the rules and resources that it pairs, and no other engine or rule', () => {
    const exception = waiver({
      source: 'kyverno',
      rule: 'kyverno/a/x',
      target: 'Pod shop/*',
      pairs: [
        { rule: 'kyverno/a/x', target: 'Pod shop/*' },
        { rule: 'kyverno/a/y', target: 'Job shop/*' },
      ],
    });
    const found = (engine: string, rule: string, resource: string) =>
      finding({ engine, rule, resources: [resource], sources: [{ engine, rule, severity: 'high' }] });
    expect(whole(found('kyverno', 'a/x', 'Pod shop/web'), exception)).toBe(true);
    expect(whole(found('kyverno', 'a/y', 'Job shop/web'), exception)).toBe(true);
    expect(whole(found('kyverno', 'a/y', 'Pod shop/web'), exception)).toBe(false);
    expect(whole(found('kyverno', 'a/x', 'Pod other/web'), exception)).toBe(false);
    expect(whole(found('cel', 'a/x', 'Pod shop/web'), exception)).toBe(false);
    expect(indexByRule([{ waiver: exception }])(found('kyverno', 'a/y', 'Job shop/web'))).toHaveLength(1);
  });

  const node = (name: string) =>
    finding({ rule: '1.1.1', engine: 'kube-bench', resources: [], locations: [], subject: { kind: 'cluster', node: name } });
  const image = (reference: string) =>
    finding({ engine: 'trivy', rule: 'CVE-1', locations: [], subject: { kind: 'image', reference } });

  it.each<[string, Finding, Partial<Waiver>, boolean]>([
    ['a node by its name', node('node-1'), { rule: 'kube-bench/1.1.1', target: 'node-1' }, true],
    ['nodes by a glob', node('node-1'), { rule: 'kube-bench/1.1.*', target: 'node-*' }, true],
    ['no other node', node('node-1'), { rule: 'kube-bench/1.1.1', target: 'node-2' }, false],
    ['an image', image('nginx:1.25'), { rule: 'trivy/CVE-1', target: 'nginx:1.25' }, true],
    ['an image by its whole name', image('nginx:1.25'), { rule: 'trivy/CVE-1', target: 'docker.io/library/nginx:1.25' }, true],
    ['no other image', image('nginx:1.25'), { rule: 'trivy/CVE-1', target: 'nginx:1.26' }, false],
    [
      'an image’s finding by the resource that runs it',
      image('nginx'),
      { rule: 'trivy/CVE-1', target: 'Deployment shop/*' },
      true,
    ],
    ['no resource by a glob of images', finding(), { rule: 'cel/some-rule', target: 'docker.io/*' }, false],
    ['a file’s finding', finding({ resources: [] }), { rule: 'cel/some-rule', target: 'deploy/*' }, true],
    ['no finding without its engine', finding({ rule: 'cel-x' }), { rule: 'cel*', target: '*' }, false],
    [
      'a finding in the environment it names',
      finding({ environments: ['production'] }),
      { rule: 'cel/some-rule', target: 'Deployment *', environments: ['staging', 'production'] },
      true,
    ],
  ])('%s', (_what, found, part, expected) => {
    expect(whole(found, waiver(part))).toBe(expected);
  });
});

describe('covers, for VEX', () => {
  const digest = (byte: string) => `sha256:${byte.repeat(32)}`;
  const vulnerable = (reference: string, component?: string) =>
    finding({
      engine: 'trivy',
      rule: 'CVE-1',
      category: 'vulnerability',
      subject: { kind: 'image', reference, ...(component !== undefined && { component }) },
    });
  const openssl = { name: 'openssl' };

  it.each<[string, Finding, Partial<Waiver>, boolean]>([
    ['any version of a package', vulnerable('nginx', 'openssl 3.0.2'), { target: '*', component: openssl }, true],
    ['no package whose name only begins alike', vulnerable('nginx', 'openssl-dev 3'), { target: '*', component: openssl }, false],
    ['no finding about the whole image', vulnerable('nginx'), { target: '*', component: openssl }, false],
    ['no other digest', vulnerable(`nginx@${digest('ab')}`), { target: `*@${digest('cd')}` }, false],
    ['latest, where no tag is written', vulnerable('nginx'), { target: 'docker.io/library/nginx:latest' }, true],
    ['no other tag than latest there', vulnerable('nginx'), { target: 'docker.io/library/nginx:1' }, false],
    ['no image that nobody can read', vulnerable('not an image'), { target: 'docker.io/library/nginx' }, false],
    ['no image by an invalid product', vulnerable('nginx'), { target: 'not an image' }, false],
  ])('%s', (_what, found, part, expected) => {
    expect(whole(found, waiver({ source: 'openvex', rule: 'trivy/CVE-1', ...part }))).toBe(expected);
  });

  it.each(['secret', 'policy'] as const)('does not cover a finding of the category %s by the name of its rule', (category) => {
    const found = finding({ engine: 'trivy', rule: 'CVE-1', category, subject: { kind: 'image', reference: 'nginx' } });
    expect(whole(found, waiver({ source: 'openvex', rule: 'trivy/CVE-1', target: '*' }))).toBe(false);
  });

  it('does not cover the finding of another engine', () => {
    const sources = ['CVE-1', 'CVE-2'].map((rule) => ({ engine: 'trivy', rule, severity: 'high' as const }));
    const both = finding({
      engine: 'trivy',
      rule: 'CVE-1',
      category: 'vulnerability',
      sources,
      subject: { kind: 'image', reference: 'nginx' },
    });
    const held = waiver({ source: 'openvex', rule: 'trivy/CVE-1', target: '*' });
    expect(partsOf(both).map((part) => covers(held, part, both))).toEqual([true, false]);
  });
});
