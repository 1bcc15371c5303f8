import { describe, expect, it } from 'vitest';
import { builtInKind, builtInKinds, isBuiltInGroup, isServed, minors, newestMinor } from './discovery.ts';

describe('built-in kinds', () => {
  it('have the plural and scope of the API server', () => {
    expect(builtInKind('networking.k8s.io', 'NetworkPolicy')).toMatchObject({ plural: 'networkpolicies', namespaced: true });
    expect(builtInKind('', 'Endpoints')).toMatchObject({ plural: 'endpoints', namespaced: true });
    expect(builtInKind('storage.k8s.io', 'StorageClass')).toMatchObject({ plural: 'storageclasses', namespaced: false });
    expect(builtInKind('apiextensions.k8s.io', 'CustomResourceDefinition')).toMatchObject({ namespaced: false });
  });

  it('are case-sensitive and belong to one group', () => {
    expect(builtInKind('', 'pod')).toBeUndefined();
    expect(builtInKind('serving.knative.dev', 'Service')).toBeUndefined();
    expect(isBuiltInGroup('apps')).toBe(true);
    expect(isBuiltInGroup('gateway.networking.k8s.io')).toBe(false);
  });

  it('know the releases that serve a version', () => {
    const policy = builtInKind('admissionregistration.k8s.io', 'MutatingAdmissionPolicy');
    expect(minors.map((minor) => policy !== undefined && isServed(policy, 'v1', minor))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    const cronJob = builtInKind('batch', 'CronJob');
    expect(cronJob !== undefined && isServed(cronJob, 'v1', newestMinor)).toBe(true);
    expect(cronJob !== undefined && isServed(cronJob, 'v1beta1', newestMinor)).toBe(false);
  });

  it('are parsed completely', () => {
    expect(builtInKinds().length).toBeGreaterThan(70);
    for (const { kind, plural, versions } of builtInKinds()) {
      expect(kind).toMatch(/^[A-Z]\w+$/);
      expect(plural).toMatch(/^[a-z]+$/);
      expect(versions.length).toBeGreaterThan(0);
      for (const { version, first, last } of versions) {
        expect(version).toMatch(/^v\d+((alpha|beta)\d+)?$/);
        expect(minors).toContain(first);
        expect(minors).toContain(last);
      }
    }
  });
});
