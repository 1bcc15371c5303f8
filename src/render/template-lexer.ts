/** A piece of a Go template: plain text, or an action between `{{` and `}}`. Offsets into the template's text. */
export interface Segment {
  readonly kind: 'text' | 'action';
  readonly start: number;
  readonly end: number;
  /** For an action: the code between the braces, without trim marks. */
  readonly code: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}

export function lexTemplate(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('{{', at);
    const end = start === -1 ? -1 : actionEnd(text, start + 2);
    const textEnd = end === -1 ? text.length : start;
    if (textEnd > at) {
      segments.push({ kind: 'text', start: at, end: textEnd, code: '', trimsBefore: false, trimsAfter: false });
    }
    if (end === -1) return segments;
    const inner = text.slice(start + 2, end - 2);
    const trimsBefore = /^-\s/.test(inner);
    const trimsAfter = /\s-$/.test(inner);
    const code = inner.slice(trimsBefore ? 1 : 0, trimsAfter ? -1 : undefined).trim();
    segments.push({ kind: 'action', start, end, code, trimsBefore, trimsAfter });
    at = end;
  }
}

/** The offset behind an action's `}}`; -1 where it does not end. Strings and comments may hold braces: `{{ "}}" }}`. https://pkg.go.dev/text/template */
function actionEnd(text: string, from: number): number {
  const comment = /^-?\s*\/\*/.exec(text.slice(from, from + 40));
  let at = comment === null ? from : text.indexOf('*/', from);
  while (at !== -1 && at < text.length) {
    const char = text[at];
    if (char === '}' && text[at + 1] === '}') return at + 2;
    if (char === '`') at = text.indexOf('`', at + 1);
    else if (char === '"' || char === "'") at = quoteEnd(text, at, char);
    if (at === -1) return -1;
    at += 1;
  }
  return -1;
}

function quoteEnd(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
    else if (text[at] === '\n') return -1;
  }
  return -1;
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
