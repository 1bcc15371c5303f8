/** A piece of a Go template: text as it stands, or an action between `{{` and `}}`. Offsets into the template's text. */
export interface Segment {
  readonly kind: 'text' | 'action';
  readonly start: number;
  readonly end: number;
  /** Of an action: what stands between the braces, less trim marks. */
  readonly code: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}

/** Strings may hold braces: `{{ "}}" }}`. A comment ends at its own mark. https://pkg.go.dev/text/template */
const action =
  /\{\{(-(?=\s))?\s*(\/\*[\s\S]*?\*\/|(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|(?!\s-?\}\}|\}\})[\s\S])*)\s*?(\s-)?\}\}/g;

export function lexTemplate(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  const addText = (start: number, end: number): void => {
    if (end > start) segments.push({ kind: 'text', start, end, code: '', trimsBefore: false, trimsAfter: false });
  };
  let at = 0;
  for (const match of text.matchAll(action)) {
    addText(at, match.index);
    at = match.index + match[0].length;
    const [, before, code, after] = match;
    const trims = { trimsBefore: before !== undefined, trimsAfter: after !== undefined };
    segments.push({ kind: 'action', start: match.index, end: at, code: (code ?? '').trim(), ...trims });
  }
  addText(at, text.length);
  return segments;
}

/** Control flow, assignments and comments put no text into the output of their own. */
export function isSilent({ kind, code }: Segment): boolean {
  return (
    kind === 'action' &&
    /^(?:(?:if|else|end|with|range|define|block|break|continue)\b|\/\*|\$\w*\s*(?:,\s*\$\w+\s*)?:?=)/.test(code)
  );
}

/** Text that starts on a line of its own. */
export function startsNewLine({ code }: Segment): boolean {
  return /\bnindent\b/.test(code);
}

/** May well be more than one line. */
export function emitsLines(segment: Segment): boolean {
  return (
    segment.kind === 'action' &&
    !isSilent(segment) &&
    /\b(?:nindent|indent|toYaml|toYamlPretty|include|template|tpl|Files)\b/.test(segment.code)
  );
}

/** Names of fields that templates compare or check: a stand-in for one of them may well change what else is rendered. */
export function comparedNames(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of texts) {
    for (const { code } of lexTemplate(text)) {
      if (
        !/\b(?:eq|ne|lt|le|gt|ge|has|contains|hasPrefix|hasSuffix|ternary|semverCompare|regexMatch|mustRegexMatch)\b/.test(code)
      )
        continue;
      for (const match of code.matchAll(/\.([A-Za-z_]\w*)(?![\w.])/g)) if (match[1] !== undefined) names.add(match[1]);
    }
  }
  return names;
}
