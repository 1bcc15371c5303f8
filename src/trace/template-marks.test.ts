import { describe, expect, it } from 'vitest';
import { lexTemplate } from '../render/template-lexer.ts';
import { markLines, markScalars } from './template-marks.ts';

const marked = (...lines: readonly string[]): readonly string[] =>
  markLines(lines.join('\n'), { end: (line) => ` #${line}`, start: (line) => ` #${line}s` }).split('\n');

describe('lexTemplate', () => {
  it.each([
    ['braces in strings', 'a{{ "}}" }}b', ['"}}"']],
    ['braces in raw strings', 'a{{ `}}` }}b', ['`}}`']],
    ['braces in comments', 'a{{- /* {{ x }} " */ -}}b', ['/* {{ x }} " */']],
    ['an action without its end', 'a{{ "x }}', []],
  ])('reads %s', (_what, text, codes) => {
    const actions = lexTemplate(text).filter(({ kind }) => kind === 'action');
    expect(actions.map(({ code }) => code)).toEqual(codes);
  });

  it('reads a long text of quotes in a moment', () => {
    const text = `{{ ${'"'.repeat(100_001)} `.repeat(3);
    expect(lexTemplate(text).at(-1)?.end).toBe(text.length);
  });
});

describe('markLines', () => {
  it('marks lines with keys, and the start of what follows a key', () => {
    expect(marked('a: 1', 'b: {{- include "x" . | nindent 2 }}', 'c: {{ .Values.c }}')).toEqual([
      'a: 1 #1',
      'b: #2s {{- include "x" . | nindent 2 }} #2',
      'c: {{ .Values.c }} #3',
    ]);
  });

  it.each([
    ['a value on the next line', ['a:', '  {{- .Values.a }}', 'b: 1'], ['a:', '  {{- .Values.a }}', 'b: 1 #3']],
    ['a break that is trimmed', ['a: {{ .x -}}', 'b'], ['a: {{ .x -}}', 'b #2']],
    ['a word of a helper', ['{{- define "n" -}}', 'web', '{{- end }}'], ['{{- define "n" -}}', 'web', '{{- end }}']],
    ['comments and document ends', ['# a: 1', '---'], ['# a: 1', '---']],
  ])('leaves alone %s', (_what, lines, expected) => {
    expect(marked(...lines)).toEqual(expected);
  });
});

describe('markScalars', () => {
  it('marks scalars only, inside their quotes', () => {
    const text = 'kind: Pod\na: 1\nb: "x"\nc: {{ .c }}\nd: [1]\ne: |\n- f\n- g: h\ni: {{ .i | quote }}';
    const expected = 'kind: Pod\na: W1\nb: "Wx"\nc: W{{ .c }}\nd: [1]\ne: |\n- Wf\n- g: Wh\ni: {{ .i | quote }}';
    expect(markScalars(text, () => 'W')).toBe(expected);
  });
});
