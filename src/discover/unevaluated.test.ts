import { describe, expect, it } from 'vitest';
import { unevaluated } from './unevaluated.ts';

function gaps(...paths: readonly string[]) {
  return unevaluated(paths.map((path) => ({ path, kind: 'file', size: 1 })));
}

describe('a source that another tool turns into manifests', () => {
  it.each([
    'a/main.jsonnet',
    'helmfile.d/one.yaml',
    'shop/fleet.yaml',
    'prod/.kluctl.yaml',
    'shop/timoni.cue',
    'shop/kcl.mod',
    'cdk8s.yaml',
    'shop/Kptfile',
  ])('is reported: %s', (file) => {
    expect(gaps('a/pod.yaml', file)).toMatchObject([{ file }]);
  });

  it('is reported once for each language', () => {
    expect(gaps('a/fleet.yaml', 'b/fleet.yaml', 'c/Kptfile').map(({ subject }) => subject)).toEqual([
      'Fleet in fleet.yaml and 1 more file',
      'kpt in Kptfile',
    ]);
  });

  it.each(['a/jsonnet.md', 'fleet.yaml.md', 'schema/types.cue', 'Kptfile.txt'])('is not %s', (file) => {
    expect(gaps(file)).toEqual([]);
  });
});
