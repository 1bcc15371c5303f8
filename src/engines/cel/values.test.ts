import { describe, expect, it } from 'vitest';
import { toCel } from './values.ts';

describe('values', () => {
  it('are ints where they are whole, and have no null members', () => {
    expect(toCel({ a: 1, b: 1.5, c: null, d: [null, 'x'], __proto__x: true })).toEqual({
      a: 1n,
      b: 1.5,
      d: [null, 'x'],
      __proto__x: true,
    });
  });
});

/** As an API server has them after decoding: test/oracle/cel.live.test.ts compares more. */
describe('an object of a built-in kind', () => {
  it('has fields without omitempty, if it may lack them', () => {
    expect(toCel({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } })).toMatchObject({
      rules: null,
    });
    expect(toCel({ apiVersion: 'v1', kind: 'Pod', spec: {} })).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      spec: {},
      status: {},
    });
  });

  it('has no empty fields with omitempty, and canonical quantities', () => {
    const ports = [{ containerPort: 80, hostPort: 0, name: '' }];
    const containers = [{ name: 'a', ports, args: [], resources: { limits: { cpu: 0.5, memory: '1.5Gi', pods: '1e3' } } }];
    expect(toCel({ apiVersion: 'v1', kind: 'Pod', spec: { containers } })).toMatchObject({
      spec: {
        containers: [
          { name: 'a', ports: [{ containerPort: 80n }], resources: { limits: { cpu: '500m', memory: '1536Mi', pods: '1e3' } } },
        ],
      },
    });
  });

  it('keeps what its type does not have, and what has the wrong type', () => {
    expect(toCel({ apiVersion: 'v1', kind: 'ConfigMap', data: 'a', newer: { empty: [] } })).toMatchObject({
      data: 'a',
      newer: { empty: [] },
    });
  });
});
