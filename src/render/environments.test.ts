import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import type { EnvironmentMatch } from '../model/config.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import { createEnvironmentMatcher } from './environments.ts';
import type { Rendered } from './objects.ts';

const environment = (name: string, match: Partial<EnvironmentMatch>) => ({
  name,
  severity: defaultSeverityPolicy,
  match: { paths: [], namespaces: [], labels: {}, ...match },
});
const rendered = (part: Partial<Rendered>): Rendered => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: 'a',
  object: {},
  source: { kind: 'plain', unit: 'deploy/a.yaml' },
  origin: { locate: () => ({ file: 'deploy/a.yaml', line: 1, precision: 'file' }) },
  ...part,
});
const environments = [
  environment('production', { namespaces: ['production'] }),
  environment('staging', { namespaces: ['staging'], paths: ['staging/**'] }),
  environment('lab', { paths: ['lab'], labels: { env: 'lab' } }),
];
const of = (part: Partial<Rendered>) => createEnvironmentMatcher(environments)(rendered(part));
const helm = { kind: 'helm', unit: 'charts/a' } as const;

describe('a resource without a namespace', () => {
  it.each<[string, Partial<Rendered>, readonly string[]]>([
    ['reaches each environment that is known by namespaces', {}, ['production', 'staging']],
    ['reaches them from a kustomization, too', { source: { kind: 'kustomize', unit: 'app' } }, ['production', 'staging']],
    ['reaches them as a custom resource', { apiVersion: 'example.com/v1', kind: 'ClusterRole' }, ['production', 'staging']],
    ['belongs where its path indicates', { source: { kind: 'plain', unit: 'staging/a.yaml' } }, ['staging']],
    ['belongs where the path of another environment indicates', { source: { kind: 'plain', unit: 'lab/a.yaml' } }, ['lab']],
    ['belongs where its release indicates', { source: helm, environment: 'staging' }, ['staging']],
    [
      'is not kept from the strictest by its own labels',
      { object: { metadata: { labels: { env: 'lab' } } } },
      ['production', 'staging', 'lab'],
    ],
    ['reaches them from a chart whose namespace nothing names', { source: helm }, ['production', 'staging']],
    [
      'reaches them from a release that is named after no environment of the configuration',
      { source: helm, environment: 'eu-west' },
      ['production', 'staging'],
    ],
  ])('%s', (_what, part, names) => expect(of(part)).toEqual(names));

  it.each([
    ['v1', 'Namespace'],
    ['v1', 'PersistentVolume'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['storage.k8s.io/v1', 'StorageClass'],
  ])('reaches no namespace as %s %s', (apiVersion, kind) => expect(of({ apiVersion, kind })).toEqual([]));
});

describe('a resource whose namespace is known', () => {
  it.each<[string, Partial<Rendered>, readonly string[]]>([
    ['as the environment of its own name', { namespace: 'production' }, ['production']],
    ['as none of an environment', { namespace: 'shop' }, []],
    ['as `default`', { namespace: 'default' }, []],
  ])('%s belongs there', (_what, part, names) => expect(of(part)).toEqual(names));

  it('by its release belongs there', () => {
    expect(of({ source: helm, releaseNamespace: 'staging' })).toEqual(['staging']);
    expect(of({ source: helm, releaseNamespace: 'default' })).toEqual([]);
    expect(of({ source: helm, environment: 'lab', releaseNamespace: 'production' })).toEqual(['production', 'lab']);
  });
});

describe('paths of an environment', () => {
  it('match names with line breaks as they match others', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '/', '.', '\n', '\u2028', '\r'), maxLength: 8 });
    const globs = ['prod/**', 'prod', 'prod/*', 'prod/**/*.yaml', '**/a', '*/?.yaml', 'prod/{a,b}*', '!(x)/**'];
    holds(
      fc.property(name, fc.constantFrom(...globs), (text, glob) => {
        const matcher = createEnvironmentMatcher([environment('e', { paths: [glob] })]);
        const matches = (unit: string) => matcher(rendered({ namespace: 'x', source: { kind: 'plain', unit } })).length;
        const unit = `prod/${text}/x.yaml`;
        expect(matches(unit)).toBe(matches(unit.replace(/[\n\r\u2028]/g, 'n')));
      }),
      1_000,
    );
  });

  it('hold what a folder of an odd name holds', () => {
    const matcher = createEnvironmentMatcher([environment('production', { paths: ['prod/**'] })]);
    expect(matcher(rendered({ namespace: 'x', source: { kind: 'plain', unit: 'prod/a\nb/evil.yaml' } }))).toEqual(['production']);
  });
});
