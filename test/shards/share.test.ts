import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageIdentity, ownerOf, partOf, resourceIdentity, shardOf } from '../../src/shards/share.ts';
import { image, manifestSet, resource } from '../support/model.ts';
import { holds } from '../support/property.ts';

const counts = fc.integer({ min: 1, max: 256 });
const words = fc.string({ minLength: 1, maxLength: 12 });

describe('the shard of a thing', () => {
  it('is one of them, and the same wherever it is asked', () => {
    holds(
      fc.property(words, counts, (identity, count) => {
        const shard = shardOf(identity, count);
        expect(shard).toBeGreaterThanOrEqual(1);
        expect(shard).toBeLessThanOrEqual(count);
        expect(shardOf(identity, count)).toBe(shard);
      }),
    );
  });

  it('shares many things out evenly', () => {
    const sizes = new Map<number, number>();
    for (let number = 0; number < 10_000; number++) {
      const shard = shardOf(resourceIdentity(resource({ uid: 'x', name: `web-${number}` })), 8);
      sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
    }
    expect([...sizes.keys()].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Math.max(...sizes.values())).toBeLessThan(1.15 * Math.min(...sizes.values()));
  });

  it('does not depend on the file, the uid, or the version of the API', () => {
    const web = resource({ uid: 'obj-1', apiVersion: 'apps/v1', source: { kind: 'plain', unit: 'a.yaml' } });
    const moved = resource({ uid: 'obj-9', apiVersion: 'apps/v1beta1', source: { kind: 'helm', unit: 'charts/b' } });
    expect(resourceIdentity(moved)).toBe(resourceIdentity(web));
    expect(resourceIdentity({ ...web, namespace: 'other' })).not.toBe(resourceIdentity(web));
    expect(resourceIdentity({ ...web, apiVersion: 'v1' })).not.toBe(resourceIdentity(web));
  });

  it('is that of an image’s repository, whatever tag, digest or spelling', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const spellings = ['nginx', 'nginx:1.25', `nginx@${digest}`, 'docker.io/library/nginx:2'];
    expect(new Set(spellings.map(imageIdentity)).size).toBe(1);
    expect(imageIdentity('registry.example/nginx')).not.toBe(imageIdentity('nginx'));
    expect(imageIdentity('{{ NOT_ONE }}')).toContain('NOT_ONE');
  });
});

describe('the parts of a set', () => {
  const label = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const kinds = fc.constantFrom(
    ['apps/v1', 'Deployment'],
    ['v1', 'Namespace'],
    ['v1', 'Service'],
    ['example.org/v1', 'Namespace'],
  );
  const sets = fc.array(fc.tuple(kinds, label, label), { maxLength: 20 }).map((things) =>
    manifestSet({
      resources: things.map(([[apiVersion = '', kind = ''], name, namespace], index) =>
        resource({ uid: `obj-${index}`, apiVersion, kind, name, namespace }),
      ),
      images: [...new Set(things.map(([, name, tag]) => `shop/${name}:${tag}`))].map((reference) => image(reference)),
    }),
  );

  it('are disjoint but for Namespaces, which all have, and make up the whole', () => {
    holds(
      fc.property(sets, fc.integer({ min: 1, max: 9 }), (set, count) => {
        const parts = Array.from({ length: count }, (_, position) => partOf(set, { index: position + 1, count }));
        const all = parts.flatMap((part) => part.resources);
        for (const one of set.resources) {
          const namespace = one.kind === 'Namespace' && one.apiVersion === 'v1';
          expect(all.filter(({ uid }) => uid === one.uid)).toHaveLength(namespace ? count : 1);
        }
        expect(parts.flatMap((part) => part.images.map(({ reference }) => reference)).toSorted()).toEqual(
          set.images.map(({ reference }) => reference).toSorted(),
        );
      }),
    );
  });

  it('have an owner for each resource and image, and none for what shards don’t judge', () => {
    holds(
      fc.property(sets, (set) => {
        const owner = ownerOf(set, 3);
        for (const { uid } of set.resources) expect(owner({ kind: 'resource', resource: uid })).toBeDefined();
        expect(owner({ kind: 'file', file: 'a.sarif' })).toBeUndefined();
      }),
      20,
    );
  });
});
