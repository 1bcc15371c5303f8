import { describe, expect, it } from 'vitest';
import { definitionOf, definitionsIn } from './definitions.ts';
import type { JsonObject } from './json.ts';

function definition(plural: string, scope: string, more: JsonObject = {}): JsonObject {
  const spec = { group: 'example.com', scope, names: { kind: 'Cactus', plural }, ...more };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec,
  };
}
const read = (...objects: readonly JsonObject[]) => definitionOf(definitionsIn(objects), 'example.com', 'Cactus');

describe('the definition of a custom kind', () => {
  it('names its plural and scope', () => {
    expect(read(definition('cacti', 'Namespaced'))).toEqual({ plurals: ['cacti'], namespaced: true, converted: false });
    expect(read(definition('cacti', 'Cluster', { conversion: { strategy: 'Webhook' } }))).toEqual({
      plurals: ['cacti'],
      namespaced: false,
      converted: true,
    });
    expect(definitionOf(definitionsIn([definition('cacti', 'Cluster')]), 'example.org', 'Cactus')).toBeUndefined();
  });

  it('leaves open what two definitions contradict', () => {
    expect(read(definition('cacti', 'Namespaced'), definition('cactuses', 'Cluster'))).toEqual({
      plurals: ['cacti', 'cactuses'],
      namespaced: undefined,
      converted: false,
    });
  });

  it.each([
    ['whose name does not follow from its group and plural', { ...definition('cacti', 'Cluster'), metadata: { name: 'cacti' } }],
    ['without a scope', definition('cacti', '')],
    ['without names', { ...definition('cacti', 'Cluster'), spec: { group: 'example.com' } }],
    ['without a spec', { metadata: { name: 'cacti.example.com' } }],
  ])('is ignored if it is one %s', (_what, object) => {
    expect(read(object)).toBeUndefined();
  });
});
