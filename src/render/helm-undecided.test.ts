import { describe, expect, it } from 'vitest';
import { undecided } from './helm-undecided.ts';

const chart = { path: 'shop', releaseName: 'shop', namespace: 'default', releases: [] };

function gaps(text: string) {
  return undecided(chart, new Map([['shop/templates/a.yaml', text.split('\n')]]), undefined);
}

describe('a template that depends on what no rendering knows', () => {
  it.each([
    ['the time', '{{ if gt (now | unixEpoch) 9 }}'],
    ['the time', '{{- $then := now }}\n{{- if eq ($then | date "06") "30" }}'],
    ['the revision of the release', '{{ if false }}\n{{ else if gt .Release.Revision 3 }}'],
    ['random values', '{{ ternary "a" "b" (eq (randNumeric 3) "777") }}'],
    ['random values', '{{ if contains "q" (genCA "a" 1).Cert }}'],
    ['DNS', '{{ if getHostByName "example.com" }}'],
    ['objects in the cluster', '{{ if not (lookup "v1" "Namespace" "" "a") }}'],
  ])('is a gap at its line: %s', (what, text) => {
    const line = text.split('\n').length;
    expect(gaps(text)).toMatchObject([{ file: 'shop/templates/a.yaml', line, reason: expect.stringContaining(`on ${what},`) }]);
  });

  it.each([
    'a: {{ now | date "2006" }}',
    'a: {{ default (randAlphaNum 9) .Values.a }}',
    '{{ if .Values.now }}',
    '{{ if eq .Values.mode "now" }}',
    '{{ $secret := lookup "v1" "Secret" "a" "b" }}{{ if $secret }}',
    '{{/* if now */}}',
    '# if now',
  ])('is not: %s', (text) => expect(gaps(text)).toEqual([]));
});

describe('a text that tpl may evaluate', () => {
  const text = '{{ lookup "v1" "Secret" "a" "b" }}';

  it('is a gap if it calls lookup, in a template or in values', () => {
    const reason = 'a text that may be evaluated as a template uses `lookup`';
    expect(gaps(`a: b\n{{ $t := \`${text}\` }}`)).toMatchObject([{ file: 'shop/templates/a.yaml', line: 2, reason }]);
    expect(undecided(chart, new Map(), { a: { b: text } })).toMatchObject([{ file: 'shop/values.yaml', reason }]);
  });

  it('is not a gap if it only contains the word', () => {
    expect(gaps('{{ fail "lookup of {{ a }} failed" }}')).toEqual([]);
    expect(undecided(chart, new Map(), { a: 'lookup: {{ .a }}' })).toEqual([]);
  });
});
