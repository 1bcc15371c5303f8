import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { renderedDiff } from './rendered.ts';

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
    origin: { locate: () => ({ file: 'x', line: 1, precision: 'field' }) },
    ...part,
  };
}
const deployment = (image: string, name = 'web') =>
  resource({ spec: { containers: [{ image, name: 'a' }] }, metadata: { name }, kind: 'Deployment', apiVersion: 'apps/v1' });
const secret = (password: string) =>
  resource({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { password, user: 'YQ==' } });

describe('the rendered difference', () => {
  it('shows what changes in a manifest of one style, with a finding at its line', () => {
    const after = deployment('web:2');
    const diff = renderedDiff(
      [deployment('web:1')],
      [after],
      [{ resource: after.uid, path: ['spec', 'containers', 0, 'image'], text: 'critical: no-latest-tag' }],
    );
    expect(diff.counts).toEqual({ added: 0, changed: 1, removed: 0 });
    expect(diff.deployables).toEqual([
      {
        unit: 'charts/shop',
        environments: ['production'],
        resources: [
          {
            change: 'changed',
            label: 'Deployment web',
            lines: [
              '@@ -5,4 +5,4 @@',
              ' spec:',
              '   containers:',
              '     - name: a',
              '-      image: web:1',
              '+      image: web:2 # critical: no-latest-tag',
            ],
          },
        ],
      },
    ]);
  });

  it('counts what is added, removed and the same', () => {
    const diff = renderedDiff([deployment('a'), deployment('a', 'old')], [deployment('a'), deployment('a', 'new')]);
    expect(diff.counts).toEqual({ added: 1, changed: 0, removed: 1 });
    expect(diff.unchanged).toBe(1);
    expect(diff.deployables[0]?.resources.map(({ change, label }) => `${change} ${label}`)).toEqual([
      'added Deployment new',
      'removed Deployment old',
    ]);
  });

  it('hides the values of Secrets and shows which of them differ', () => {
    const text = JSON.stringify(renderedDiff([secret('b2xk')], [secret('bmV3')]));
    expect(text).toContain('+  password: (hidden, changed)');
    for (const value of ['b2xk', 'bmV3', 'YQ==']) expect(text).not.toContain(value);
    expect(renderedDiff([secret('b2xk')], [secret('b2xk')]).unchanged).toBe(1);
    expect(JSON.stringify(renderedDiff([], [secret('b2xk')]))).not.toContain('b2xk');
  });

  it('does not mistake the same resource in another environment for a change', () => {
    const staging = { ...deployment('a'), environments: ['staging'] };
    expect(renderedDiff([deployment('a'), staging], [staging, deployment('a')]).counts).toEqual({
      added: 0,
      changed: 0,
      removed: 0,
    });
  });
});
