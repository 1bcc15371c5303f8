import { describe, expect, it } from 'vitest';
import { type Match, matchesObject, matchesPlace, matchSchema, type Place } from './match.ts';

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web-a', namespace: 'shop', labels: { app: 'web' } },
};
const shop: Place = { namespace: 'shop', isNamespace: false, labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' } };
const cluster: Place = { namespace: undefined, isNamespace: false };
const namespace: Place = { namespace: 'shop', isNamespace: true, labels: { team: 'a' } };
const guessed: Place = { namespace: 'default', isNamespace: false, guessed: 'no namespace' };
const custom: Place = { namespace: undefined, isNamespace: false, guessed: 'no scope' };

describe('what of an object is matched', () => {
  it.each<[string, Match, boolean]>([
    ['nothing', {}, true],
    ['empty lists', { kinds: [], name: '' }, true],
    ['null', { kinds: null, labelSelector: null, name: null, source: null }, true],
    ['its kind', { kinds: [{ apiGroups: ['apps'], kinds: ['Deployment'] }] }, true],
    ['its kind in another group', { kinds: [{ apiGroups: [''], kinds: ['Deployment'] }] }, false],
    ['one of two', { kinds: [{ kinds: ['Pod'] }, { apiGroups: ['*'], kinds: ['*'] }] }, true],
    ['its group', { kinds: [{ apiGroups: ['apps'] }] }, true],
    ['its name', { name: 'web-*' }, true],
    ['another name', { name: 'web' }, false],
    ['its label', { labelSelector: { matchLabels: { app: 'web' } } }, true],
    ['a label that it lacks', { labelSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }, false],
    [
      'the absence of a label',
      { labelSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }] } },
      true,
    ],
    ['what a controller creates', { source: 'Generated' }, false],
    ['what is written', { source: 'Original' }, true],
  ])('by %s', (_by, match, expected) => {
    expect(matchesObject(match, object, 'Original')).toBe(expected);
  });

  it('is a generated name, too', () => {
    const unnamed = { ...object, metadata: { generateName: 'web-' } };
    expect(matchesObject({ name: 'web*' }, unnamed, 'Original')).toBe(true);
  });
});

describe('what of a namespace is matched', () => {
  const unknown = { unknown: expect.any(String) };
  it.each<[string, Match, Place, unknown]>([
    ['scope Cluster, cluster-scoped', { scope: 'Cluster' }, cluster, 'yes'],
    ['scope Cluster, in a namespace', { scope: 'Cluster' }, shop, 'no'],
    ['scope Cluster, a Namespace', { scope: 'Cluster' }, namespace, 'yes'],
    ['scope Namespaced, cluster-scoped', { scope: 'Namespaced' }, cluster, 'no'],
    ['scope Namespaced, in a namespace', { scope: 'Namespaced' }, shop, 'yes'],
    ['scope Namespaced, a Namespace', { scope: 'Namespaced' }, namespace, 'no'],
    ['scope Namespaced, a custom kind without a known scope', { scope: 'Namespaced' }, custom, unknown],
    ['namespaces, cluster-scoped', { namespaces: ['a'] }, cluster, 'yes'],
    ['namespaces with a wildcard', { namespaces: ['sh*'] }, shop, 'yes'],
    ['other namespaces', { namespaces: ['s'] }, shop, 'no'],
    ['namespaces, a Namespace of that name', { namespaces: ['shop'] }, namespace, 'yes'],
    ['namespaces, a custom kind without a known scope', { namespaces: ['a'] }, custom, unknown],
    ['other namespaces than the guess', { namespaces: ['a'] }, guessed, unknown],
    ['the namespace that is guessed', { namespaces: ['default'] }, guessed, 'yes'],
    ['excluded', { excludedNamespaces: ['*op'] }, shop, 'no'],
    ['excluded, by a guess', { excludedNamespaces: ['default'] }, guessed, unknown],
    ['not excluded', { excludedNamespaces: ['kube-*'] }, guessed, 'yes'],
    ['excluded, cluster-scoped', { excludedNamespaces: ['*'] }, cluster, 'yes'],
    ['labels', { namespaceSelector: { matchLabels: { team: 'a' } } }, shop, 'yes'],
    ['other labels', { namespaceSelector: { matchLabels: { team: 'b' } } }, shop, 'no'],
    ['labels, cluster-scoped', { namespaceSelector: { matchLabels: { team: 'b' } } }, cluster, 'yes'],
    ['labels of a Namespace itself', { namespaceSelector: { matchLabels: { team: 'b' } } }, namespace, 'no'],
    ['unknown labels', { namespaceSelector: { matchLabels: { team: 'a' } } }, { ...guessed, namespace: 'x' }, unknown],
    [
      'the name label of a namespace without known labels',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'x' } } },
      { namespace: 'x', isNamespace: false },
      'yes',
    ],
    [
      'another name, whatever its labels are',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'y', team: 'a' } } },
      { namespace: 'x', isNamespace: false },
      'no',
    ],
  ])('by %s', (_by, match, place, expected) => {
    expect(matchesPlace(match, place)).toEqual(expected);
  });
});

it.each([{ kind: [] }, { scope: 'cluster' }, { namespaces: ['a*b'] }, { labelSelector: { matchlabels: {} } }, { source: 'x' }])(
  'refuses %j, which Gatekeeper would ignore or reject',
  (match) => {
    expect(matchSchema.safeParse(match).success).toBe(false);
  },
);
