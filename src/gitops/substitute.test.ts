// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { describe, expect, it } from 'vitest';
import { substitute } from './substitute.ts';

const known = (values: Readonly<Record<string, string>>, unknown: readonly string[] = []) => ({
  values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, at: [] }])),
  unknown: unknown.map((what) => ({ what, at: [] })),
});

describe('substitution after a build', () => {
  it.each([
    ['${a}', '1', 1],
    ['${a}', 'true', true],
    ['${a}', 'web', 'web'],
    ['x-${a}', '1', 'x-1'],
    ['${b:=3}', '', 3],
    ['${b:-x}', '', 'x'],
    ['${b}', '', null],
    ['$${a}', '1', '${a}'],
    ['${a^^}', 'web', 'WEB'],
    ['$a', '1', '$a'],
    ['line\n${a}\n', '1', 'line\n1\n'],
  ])('%j with a=%j is %j', (text, a, expected) => {
    const { object, unknown } = substitute({ value: text }, known({ a }));
    expect(object.value).toEqual(expected);
    expect(unknown).toEqual([]);
  });

  it('reports the names whose values may be in a Secret of the cluster', () => {
    expect(substitute({ value: '${a}-${b}' }, known({ a: '1' }, ['Secret x'])).unknown).toEqual(['b']);
  });

  it('leaves an object alone that opts out', () => {
    const object = { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } }, value: '${a}' };
    expect(substitute(object, known({ a: '1' })).object).toEqual(object);
  });
});
