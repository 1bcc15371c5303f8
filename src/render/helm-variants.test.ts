import { describe, expect, it } from 'vitest';
import { variantsOf } from './helm-variants.ts';

const guessed = { name: 'shop', namespace: 'default', isName: false, isNamespace: false, isApiVersions: false };
const known = { ...guessed, isName: true, isNamespace: true, isApiVersions: true };

describe('other installations of a release', () => {
  it.each([
    '{{ if .Release.IsUpgrade }}',
    '{{ if not $.Release.IsInstall }}',
    '{{ if index .Release "IsUpg" }}',
    '{{ $r := .Release }}',
  ])('are an upgrade, also where the rest is known: %s', (text) =>
    expect(variantsOf([text], known)).toEqual([{ isUpgrade: true }]),
  );

  it.each([
    ['{{ if eq .Release.Namespace "prod" }}', [{ namespace: 'prod' }, { namespace: 'k8s-gate-other' }]],
    ['{{ if ne .Release.Namespace "default" }}', [{ namespace: 'k8s-gate-other' }]],
    ['{{ if hasPrefix "prod" .Release.Name }}', [{ name: 'prod' }, { name: 'k8s-gate-other' }]],
    ['{{ if .Capabilities.APIVersions.Has "a.example.com/v1/A" }}', [{ apiVersions: ['a.example.com/v1/A'] }]],
  ])('are those that are compared with: %s', (text, variants) => {
    expect(variantsOf([text], guessed)).toEqual(variants);
    expect(variantsOf([text], known)).toEqual([]);
  });

  it.each([
    '{{ if contains $name .Release.Name }}',
    'namespace: {{ .Release.Namespace }}',
    '{{ if .Capabilities.APIVersions.Has "batch/v1" }}',
    '{{ if .Capabilities.APIVersions.Has "route.openshift.io/v1" }}',
    '{{/* .Release is the release */}}',
    '# IsUpgrade',
  ])('are not asked for by %s', (text) => expect(variantsOf([text], guessed)).toEqual([]));

  it('are bounded in number', () => {
    const names = Array.from({ length: 50 }, (_, index) => `"n${index}"`).join(' ');
    expect(variantsOf([`{{ if has .Release.Namespace (list ${names}) }}`], guessed)).toHaveLength(6);
  });
});
