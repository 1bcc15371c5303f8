import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../model/json.ts';
import { isTestOnly } from './test-hooks.ts';

const annotated = (hook: JsonValue, more: Readonly<Record<string, string>> = {}) => ({
  metadata: { annotations: { 'helm.sh/hook': hook, ...more } },
});

describe('a Helm test hook', () => {
  it.each(['test', 'test-success', 'test-failure', 'test,test-failure', ' Test , TEST-success '])(
    'is what has the hook %j',
    (hook) => {
      expect(isTestOnly(annotated(hook))).toBe(true);
    },
  );

  it.each<JsonValue>([
    'test,post-install',
    'post-install',
    'crd-install',
    'tests',
    '',
    'test,',
    'test;post-install',
    true,
    null,
    ['test'],
  ])('is not what has the hook %j', (hook) => expect(isTestOnly(annotated(hook))).toBe(false));

  it('is not what Argo CD is asked to deploy', () => {
    expect(isTestOnly(annotated('test', { 'argocd.argoproj.io/hook': 'Sync' }))).toBe(false);
    expect(isTestOnly(annotated('test', { 'argocd.argoproj.io/hook': 'Skip' }))).toBe(false);
  });

  it.each<JsonValue>([{}, null, { metadata: null }, { metadata: { annotations: [] } }])('is not %j', (object) => {
    expect(isTestOnly(object)).toBe(false);
  });
});
