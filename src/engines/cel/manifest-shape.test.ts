import { describe, expect, it } from 'vitest';
import { formatPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { misfitsIn } from './manifest-shape.ts';

const misfits = (object: JsonObject) =>
  misfitsIn(object).map(({ path, found, expected }) => `${formatPath(path)}: ${found}, not ${expected}`);

describe('misfitsIn', () => {
  it('knows each field of a built-in kind, in the order of the manifest', () => {
    const ports = [{ port: '80', targetPort: 'http' }, { port: 81n, targetPort: 81 }, { port: 81.5 }];
    expect(misfits({ apiVersion: 'v1', kind: 'Service', spec: { sessionAffinity: 5, ports } })).toEqual([
      'spec.sessionAffinity: a number, not a string',
      'spec.ports[0].port: the string "80", not an integer, without quotes',
      'spec.ports[2].port: a number, not an integer, without quotes',
    ]);
    expect(misfits({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: true, b: 'true', c: null } })).toEqual([
      'data.a: a boolean, not a string',
    ]);
  });

  it('accepts quantities and times in each of their forms, and fractions in a JSON schema', () => {
    const resources = { limits: { cpu: 1, memory: '1Gi' } };
    const spec = { containers: [{ name: 'a', image: 'a', resources }] };
    expect(misfits({ apiVersion: 'v1', kind: 'Pod', metadata: { creationTimestamp: null }, spec })).toEqual([]);
    const openAPIV3Schema = { properties: { share: { maximum: 0.5, minLength: 0.5 } } };
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
    expect(misfits({ ...crd, spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema } }] } })).toEqual([
      'spec.versions[0].schema.openAPIV3Schema.properties.share.minLength: a number, not an integer, without quotes',
    ]);
  });

  it('knows only the metadata of a custom resource', () => {
    expect(
      misfits({ apiVersion: 'example.com/v1', kind: 'Pod', metadata: { labels: { a: 5 } }, spec: { containers: 5 } }),
    ).toEqual(['metadata.labels.a: a number, not a string']);
  });
});
