import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { manifestFiles, onePercentChanged } from '../../bench/inputs/manifests.ts';
import { chartFiles, kustomizeFiles } from '../../bench/inputs/templates.ts';

const kindsOf = (text: string): readonly string[] => parseAllDocuments(text).map((document) => String(document.get('kind')));

describe('generated manifests', () => {
  const files = manifestFiles({ count: 700, seed: 7 });
  const kinds = [...files.values()].flatMap(kindsOf);

  it('are the same bytes for the same seed, and others for another', () => {
    expect([...manifestFiles({ count: 700, seed: 7 })]).toEqual([...files]);
    expect([...manifestFiles({ count: 700, seed: 8 })]).not.toEqual([...files]);
  });

  it.each([1, 2, 99, 700])('are exactly as many as wanted: %i', (count) => {
    const documents = [...manifestFiles({ count, seed: 7 }).values()].flatMap(kindsOf);
    expect(documents).toHaveLength(count);
  });

  it('are of all kinds that a repository has, several a file', () => {
    const wanted = [
      'ConfigMap',
      'CronJob',
      'Deployment',
      'Ingress',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'Service',
      'StatefulSet',
    ];
    expect([...new Set(kinds)].toSorted()).toEqual([...wanted, 'ServiceAccount'].toSorted());
    expect(kinds.length / files.size).toBeGreaterThan(2);
  });

  it('lie 100 files a folder', () => {
    const folders = new Map<string, number>();
    for (const file of files.keys()) {
      const folder = file.slice(0, file.lastIndexOf('/'));
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    expect([...folders.values()].slice(0, -1)).toEqual(Array.from({ length: folders.size - 1 }, () => 100));
    expect(folders.size).toBeGreaterThan(1);
  });

  it('name each resource once, so that none stands for another', () => {
    const names = [...files.values()].flatMap((text) =>
      parseAllDocuments(text).map(
        (one) => `${one.get('kind')} ${one.getIn(['metadata', 'namespace'])}/${one.getIn(['metadata', 'name'])}`,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('use the images that are given', () => {
    const text = [...manifestFiles({ count: 50, seed: 7, images: ['127.0.0.1:1/a:1'] }).values()].join('');
    expect([...new Set(text.match(/image: .*/g))]).toEqual(['image: 127.0.0.1:1/a:1']);
  });

  it('change in one file of a hundred', () => {
    const changed = onePercentChanged(files);
    expect(changed.size).toBe(Math.ceil(files.size / 100));
    for (const [file, text] of changed) expect(text).not.toBe(files.get(file));
  });
});

describe('what is rendered', () => {
  it('has values and an overlay for each environment', () => {
    const files = [...chartFiles('a:1').keys(), ...kustomizeFiles('a:1').keys()];
    for (const name of ['staging', 'production']) {
      expect(files).toContain(`charts/store/values-${name}.yaml`);
      expect(files).toContain(`kustomize/overlays/${name}/kustomization.yaml`);
    }
  });
});
