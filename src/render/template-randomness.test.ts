import { describe, expect, it } from 'vitest';
import { mayBeRandom, withoutClock } from './template-randomness.ts';

const time = '(toDate "2006-01-02T15:04:05" "2001-02-03T04:05:06")';

describe('random functions of templates', () => {
  it.each([
    ['name: a-{{ randAlphaNum 5 | lower }}', true],
    ['name: {{ uuidv4 }}', true],
    ['{{- $ca := genCA "x" 365 -}}', true],
    ['a: {{ now | date "2006" }}', true],
    ['a: {{ .Values.now }}', true],
    ['# now is the time\na: {{ .Values.a }}', false],
    ['a: {{ .Values.a | sha256sum }}', false],
    ['now: randAlpha', false],
  ])('%s: %s', (text, found) => expect(mayBeRandom([text])).toBe(found));

  it.each([
    ['a-{{ now | date "150405" }}', `a-{{ ${time} | date "150405" }}`],
    ['{{ $t := now }}{{ $t.Unix }}{{ now.Unix }}', `{{ $t := ${time} }}{{ $t.Unix }}{{ ${time}.Unix }}`],
    ['{{ "now" }} {{ `now` }} {{ .Values.now }} {{ $now }} {{ include "now-name" . }}', undefined],
    ['now {{/* now */}} now', undefined],
  ])('%s asks for a fixed time instead', (text, other) => expect(withoutClock(text)).toBe(other ?? text));
});
