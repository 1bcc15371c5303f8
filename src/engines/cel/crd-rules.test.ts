import { describe, expect, it } from 'vitest';
import { formatPath } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { createCrdRules } from './crd-rules.ts';

const evaluate = createCrdRules();
const yaml = (text: string): JsonObject => {
  const value = parseYaml({ file: 'a.yaml', text, errorCode: 'POLICY_INVALID' })[0]?.value;
  if (!isObject(value)) throw new Error('no map');
  return value;
};
/** @param spec The schema of `spec`, without its type. @param value `spec` */
const results = (spec: string, value: string, root = '{}') =>
  evaluate(yaml(`{apiVersion: example.com/v1, kind: Foo, metadata: {name: web, labels: {a: b}}, spec: ${value}}`), {
    ...yaml(root),
    type: 'object',
    properties: { spec: { type: 'object', ...yaml(spec) } },
  }).map(({ status, path, message }) => `${status} ${formatPath(path)}: ${message}`);
const rule = (text: string, more = '') => `x-kubernetes-validations: [{rule: ${JSON.stringify(text)}${more}}]`;

describe('a rule of a CustomResourceDefinition', () => {
  it.each([
    // The documented examples.
    [
      'self.minReplicas <= self.replicas',
      '{minReplicas: {type: integer}, replicas: {type: integer}}',
      '{minReplicas: 1, replicas: 2}',
      '{minReplicas: 3, replicas: 2}',
    ],
    [
      "'Available' in self.counts",
      '{counts: {type: object, additionalProperties: {type: integer}}}',
      '{counts: {Available: 1}}',
      '{counts: {a: 1}}',
    ],
    [
      '(size(self.a) == 0) != (size(self.b) == 0)',
      '{a: {type: array, items: {type: string}}, b: {type: array, items: {type: string}}}',
      '{a: [], b: [x]}',
      '{a: [], b: []}',
    ],
    [
      "!('MY_KEY' in self.m) || self['m']['MY_KEY'].matches('^[a-zA-Z]*$')",
      '{m: {type: object, additionalProperties: {type: string}}}',
      '{m: {MY_KEY: ab}}',
      '{m: {MY_KEY: "1"}}',
    ],
    [
      "self.names.all(name, name.startsWith('a'))",
      '{names: {type: array, items: {type: string}}}',
      '{names: [ab]}',
      '{names: [b]}',
    ],
    [
      'self.expired + self.ttl > timestamp("2026-01-01T00:00:00Z")',
      '{expired: {type: string, format: date-time}, ttl: {type: string, format: duration}}',
      '{expired: "2025-12-31T00:00:00Z", ttl: 48h}',
      '{expired: "2025-12-31T00:00:00Z", ttl: 1h}',
    ],
    [
      'type(self.a) == string ? self.a == "100%" : self.a == 1000',
      '{a: {x-kubernetes-int-or-string: true}}',
      '{a: 100%}',
      '{a: 10}',
    ],
    ['size(self.data) == 2', '{data: {type: string, format: byte}}', '{data: aGk=}', '{data: aGVsbG8=}'],
    ['self.rate < 0.5', '{rate: {type: number}}', '{rate: 0}', '{rate: 1}'],
    // Escaped names, and an underscore that needs no escape.
    [
      "self.__namespace__ == 'a' && self.x__dash__y == 'b' && self.x_y == 'c'",
      '{namespace: {type: string}, x-y: {type: string}, x_y: {type: string}}',
      '{namespace: a, x-y: b, x_y: c}',
      '{namespace: a, x-y: b, x_y: d}',
    ],
    ['!has(self.a) || self.a.b == 1', '{a: {type: object, properties: {b: {type: integer}}}}', '{}', '{a: {b: 2}}'],
    ['quantity(self.cpu).isLessThan(quantity("2"))', '{cpu: {type: string}}', '{cpu: 500m}', '{cpu: "3"}'],
    [
      "isURL(self.u) && url(self.u).getScheme() == 'https'",
      '{u: {type: string}}',
      '{u: "https://a.example"}',
      '{u: "http://a.example"}',
    ],
  ])('holds or fails as in an API server: %s', (text, properties, good, bad) => {
    const schema = `{properties: ${properties}, ${rule(text)}}`;
    expect(results(schema, good)).toEqual([]);
    expect(results(schema, bad)).toEqual([`fail spec: failed rule: ${text}`]);
  });

  it('is evaluated for each item of a list, value of a map and nested field, and not for what is absent', () => {
    const of = `{type: integer, ${rule('self > 0', ', message: must be positive')}}`;
    const schema = `{properties: {list: {type: array, items: ${of}}, map: {type: object, additionalProperties: ${of}}, a: {type: object, properties: {b: ${of}}}}}`;
    expect(results(schema, '{list: [1, 0], map: {x: 0, y: 2}, a: {b: -1}}')).toEqual([
      'fail spec.list[1]: must be positive',
      'fail spec.map.x: must be positive',
      'fail spec.a.b: must be positive',
    ]);
    expect(results(schema, '{a: {b: null}}')).toEqual([]);
  });

  it('sees default values, also of fields below a default value', () => {
    const schema = `{properties: {a: {type: object, default: {}, properties: {b: {type: integer, default: 3}}}}, ${rule('self.a.b == 3')}}`;
    for (const spec of ['{}', '{a: {}}', '{a: null}']) expect(results(schema, spec)).toEqual([]);
    expect(results(schema, '{a: {b: 4}}')).toHaveLength(1);
  });

  it('is skipped if it compares with the old object, unless that is optional', () => {
    const properties = 'properties: {a: {type: string}}';
    expect(results(`{${properties}, ${rule('self.a == oldSelf.a')}}`, '{a: x}')).toEqual([]);
    expect(results(`{${properties}, ${rule("self.a != 'oldSelf'")}}`, '{a: oldSelf}')).toHaveLength(1);
    const optional = rule('oldSelf.hasValue() || self.a == "new"', ', optionalOldSelf: true');
    expect(results(`{${properties}, ${optional}}`, '{a: new}')).toEqual([]);
    expect(results(`{${properties}, ${optional}}`, '{a: x}')).toHaveLength(1);
  });

  it('has a message and a field of its own', () => {
    const more = `, message: static, messageExpression: "'is ' + self.a", fieldPath: .a`;
    expect(results(`{properties: {a: {type: string}}, ${rule('self.a == "x"', more)}}`, '{a: z}')).toEqual(['fail spec.a: is z']);
    const broken = `, message: static, messageExpression: "self.b"`;
    expect(results(`{properties: {a: {type: string}}, ${rule('self.a == "x"', broken)}}`, '{a: z}')).toEqual([
      'fail spec: static',
    ]);
  });

  it('reads the name of the object at the root, and no other metadata', () => {
    expect(results('{}', '{}', `{${rule("self.metadata.name.startsWith('a')")}}`)).toHaveLength(1);
    expect(results('{}', '{}', `{${rule("self.metadata.name == 'web' && self.kind == 'Foo'")}}`)).toEqual([]);
    expect(results('{}', '{}', `{${rule("self.metadata.labels.a == 'b'")}}`)[0]).toMatch(/^error /);
  });

  it.each([
    ['does not compile', 'self.a ==', '{a: 1}'],
    ['reads what only policies have', 'object.spec.a == 1', '{a: 1}'],
    ['reads a missing field', 'self.b == 1', '{a: 1}'],
    ['is neither true nor false', 'self.a', '{a: 1}'],
    [
      'costs too much',
      'self.l.all(a, self.l.all(b, self.l.all(c, self.l.all(d, a + b + c + d > 0))))',
      `{l: [${'1,'.repeat(80)}]}`,
    ],
  ])('is an error if it %s', (_what, text, spec) => {
    const schema = `{properties: {a: {type: integer}, l: {type: array, items: {type: integer}}}, ${rule(text)}}`;
    expect(results(schema, spec)).toEqual([expect.stringMatching(/^error spec: /)]);
  });
});
