import { describe, expect, it } from 'vitest';
import { patchTo } from './json-patch.ts';

const object = { spec: { replicas: 1, template: { a: 1 }, containers: [{ name: 'web' }], empty: null } };

describe('patchTo', () => {
  it('replaces an existing scalar', () => {
    expect(patchTo(2, ['spec', 'replicas'], object)).toEqual([{ op: 'replace', path: '/spec/replicas', value: 2 }]);
  });

  it('adds a field with its missing parents', () => {
    expect(patchTo(false, ['spec', 'containers', 0, 'a/b', 'c', 'd'], object)).toEqual([
      { op: 'add', path: '/spec/containers/0/a~1b', value: { c: { d: false } } },
    ]);
  });

  it.each([
    ['a map', ['spec', 'template']],
    ['a list', ['spec', 'containers']],
    ['the object', []],
    ['an item that is not there', ['spec', 'containers', 1, 'x']],
    ['what hangs below a scalar', ['spec', 'replicas', 'x']],
    ['what hangs below null', ['spec', 'empty', 'x']],
  ])('never changes %s', (_what, path) => {
    expect(patchTo(false, path, object)).toBeUndefined();
  });
});
