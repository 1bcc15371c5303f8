import { CST, Lexer } from 'yaml';

/** Characters that may be read again and again: each quoted text that is indented costs a pass. */
const mostWork = 64 * 1024 * 1024;

/**
 * The same text, with quoted scalars indented that go on in a line at the indent of their key or before it. Kubernetes' reader takes these, as
 * old generators of CustomResourceDefinitions write them, and folds the blanks away; by the specification the text would break off there.
 * Lines stay what they are. Undefined where there is nothing of the kind.
 */
export function withIndentedQuotes(text: string): string | undefined {
  let indented = text;
  for (let work = 0; ; work += indented.length) {
    const start = firstBroken(indented);
    if (start === undefined) return indented === text ? undefined : indented;
    const quoted = wholeAt(indented, start);
    // Either would be the end of the document, and is an error within quotes.
    if (quoted === undefined || /\n(?:---|\.\.\.)\s/.test(quoted) || work > mostWork) return undefined;
    const column = start - (indented.lastIndexOf('\n', start) + 1);
    const moved = quoted.replaceAll(/\n(?=[^\r\n])/g, `\n${' '.repeat(column + 1)}`);
    const after = indented.slice(0, start) + moved + indented.slice(start + quoted.length);
    if (after === indented || firstBroken(after) === start) return undefined;
    indented = after;
  }
}

/** Where the first quoted scalar begins that the lexer ends without its quote. */
function firstBroken(text: string): number | undefined {
  let offset = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'scalar') {
      isText = true;
      continue;
    }
    if (!isText && /^["']/.test(token) && wholeAt(token, 0) !== token) return offset;
    isText = false;
    offset += token.length;
  }
  return undefined;
}

const single = /'(?:''|[^'])*'/y;
const double = /"(?:\\[\s\S]|[^"\\])*"/y;

function wholeAt(text: string, start: number): string | undefined {
  const pattern = text[start] === '"' ? double : single;
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}
