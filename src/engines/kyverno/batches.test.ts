import { describe, expect, it } from 'vitest';
import { manifest } from '../../../test/support/policy-bench.ts';
import type { Resource } from '../../model/resource.ts';
import { batchesOf } from './batches.ts';

const pod = (name: string, namespace: string, ...environments: string[]): Resource =>
  manifest(`{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${namespace}}}`, {
    uid: [name, namespace, ...environments].join(' '),
    environments,
  });
const namespace = (name: string, tier: string, ...environments: string[]): Resource =>
  manifest(`{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, labels: {tier: ${tier}}}}`, {
    uid: ['namespace', name, ...environments].join(' '),
    environments,
  });

const batches = (resources: readonly Resource[], configured = {}) =>
  batchesOf(resources, configured).map((batch) => ({
    uids: [...batch.resources.values()].map(({ uid }) => uid),
    labels: Object.fromEntries(batch.namespaceLabels),
  }));

describe('batches of resources', () => {
  it('hold several environments where nothing tells them apart', () => {
    const resources = [pod('a', 'shop'), pod('a', 'shop-prod', 'prod'), pod('a', 'shop-test', 'test')];
    expect(batches(resources)).toEqual([{ uids: resources.map(({ uid }) => uid), labels: {} }]);
  });

  it('hold no two resources of one identity', () => {
    const resources = [pod('a', 'shop', 'prod'), pod('b', 'shop'), pod('a', 'shop', 'test'), pod('a', 'shop', 'prod')];
    expect(batches(resources).map(({ uids }) => uids)).toEqual([['a shop prod', 'b shop'], ['a shop test'], ['a shop prod']]);
  });

  it('agree on the labels of a namespace', () => {
    const inProd = [namespace('shop', 'gold', 'prod'), pod('a', 'shop', 'prod')];
    const inTest = [namespace('shop', 'tin', 'test'), pod('b', 'shop', 'test')];
    const unknown = pod('c', 'shop', 'other');
    expect(batches([...inProd, ...inTest, unknown, pod('d', 'elsewhere', 'other')])).toEqual([
      {
        uids: ['namespace shop prod', 'a shop prod', 'd elsewhere other'],
        labels: { shop: { tier: 'gold', 'kubernetes.io/metadata.name': 'shop' } },
      },
      {
        uids: ['namespace shop test', 'b shop test'],
        labels: { shop: { tier: 'tin', 'kubernetes.io/metadata.name': 'shop' } },
      },
      { uids: ['c shop other'], labels: {} },
    ]);
  });

  it('know the labels of their own namespaces, the configured ones before others', () => {
    const resources = [namespace('shop', 'gold'), pod('a', 'shop', 'prod')];
    expect(batches(resources, { shop: { tier: 'clay' }, elsewhere: {} })[0]?.labels).toEqual({
      shop: { tier: 'clay', 'kubernetes.io/metadata.name': 'shop' },
    });
  });
});
