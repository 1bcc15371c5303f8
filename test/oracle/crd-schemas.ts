import type { JsonObject } from '../../src/model/json.ts';

const text = { type: 'string' };
const property = (a: JsonObject): JsonObject => ({ type: 'object', properties: { a } });

/** Schemas of a CustomResourceDefinition, of which the API server accepts some. */
export const crdSchemas: readonly JsonObject[] = [
  { type: 'object', additionalProperties: true },
  { type: 'object', additionalProperties: false },
  { type: 'object', additionalProperties: text },
  property({ type: 'object', additionalProperties: true, properties: { b: text } }),
  property({ type: 'object', additionalProperties: false, properties: { b: text } }),
  property({ type: 'object', additionalProperties: text, properties: { b: text } }),
  property({ type: 'object', additionalProperties: false }),
  property({ type: 'object', additionalProperties: true }),
  property({ type: 'object', additionalProperties: { description: 'x' } }),
  property({ type: 'array' }),
  property({ type: 'array', items: {} }),
  property({ 'x-kubernetes-int-or-string': true, type: 'string' }),
  property({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, text] }),
  property({ anyOf: [{ type: 'integer' }, text], type: 'string' }),
  property({ anyOf: [{ minLength: 1 }, { pattern: '^a' }], type: 'string' }),
  property({ not: { enum: ['a'] }, type: 'string' }),
  property({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  property({ 'x-kubernetes-preserve-unknown-fields': true }),
  property({ type: 'object', $ref: '#/x' }),
  property({ type: 'array', items: text, uniqueItems: true }),
  property({ type: 'array', 'x-kubernetes-list-type': 'map', items: property(text) }),
  property({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['a'],
    items: { ...property(text), required: ['a'] },
  }),
  property({ type: 'array', 'x-kubernetes-list-type': 'maps', items: text }),
  property({ type: 'array', 'x-kubernetes-list-type': 'set', items: text }),
  property({ type: 'object', properties: { b: { description: 'x' } } }),
  { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
  { type: 'object', properties: { metadata: { type: 'object', properties: { name: text } } } },
  { type: 'object', properties: { apiVersion: text, kind: text, metadata: { type: 'object' } } },
  { type: 'object', properties: { apiVersion: { type: 'integer' } } },
  { type: 'array', items: text },
];

export function crdWith(openAPIV3Schema: JsonObject): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
