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
    [
      '{{ if regexMatch "^(prod|stage)-" .Release.Namespace }}',
      [{ namespace: 'prod' }, { namespace: 'stage' }, { namespace: 'k8s-gate-other' }],
    ],
    ['{{ if regexMatch "^prod-" .Release.Namespace }}', [{ namespace: 'prod-x' }, { namespace: 'k8s-gate-other' }]],
    ['{{ if (index .Values.envs .Release.Namespace).root }}', [{ namespace: 'live' }, { namespace: 'k8s-gate-other' }]],
    ['{{ if eq .Release.Namespace .Values.one.where }}', [{ namespace: 'there' }, { namespace: 'k8s-gate-other' }]],
    ['{{ if .Capabilities.APIVersions.Has "a.example.com/v1/A" }}', [{ apiVersions: ['a.example.com/v1/A'] }]],
    [
      '{{ $a := .Capabilities.APIVersions }}{{ if $a.Has "a.example.com/v1" }}',
      [{ apiVersions: ['a.example.com/v1', 'b.example.com/v1'] }],
    ],
    ['{{ if .Capabilities.APIVersions.Has .Values.api }}', [{ apiVersions: ['b.example.com/v1'] }]],
  ])('are those that are compared with: %s', (text, variants) => {
    const values = { envs: { default: {}, live: { root: true } }, one: { where: 'there' }, api: 'b.example.com/v1' };
    const isOfValues = text.includes('APIVersions }}') || text.includes('.Values');
    expect(variantsOf([text], { ...guessed, ...(isOfValues && { values }) })).toEqual(variants);
    expect(variantsOf([text], known)).toEqual([]);
  });

  it.each([
    '{{ $s := lookup "v1" "Secret" "a" "b" }}',
    '{{ with (lookup "v1" "Secret" "a" "b") }}',
    '{{ "b" | lookup "v1" "Secret" "a" }}',
  ])('are one where lookup finds something, also where the rest is known: %s', (text) =>
    expect(variantsOf([text], known)).toEqual([{ found: 'whole' }]),
  );

  it.each([
    '{{ fail "lookup failed" }}',
    '{{ .Values.lookup }}',
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
