import { memoize } from '../../model/memoize.ts';
import { messageCall, optionalEntry } from './check/entries.ts';

/** The tokens that decide how an expression is rewritten and searched for names; literals and comments are matched to be left as they are. */
const token = new RegExp(
  [
    /(?<raw>(?:[bB][rR]|[rR][bB]?)(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'))/,
    /(?<text>[bB]?(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))/,
    /(?<comment>\/\/[^\n]*)/,
    /(?<word>[A-Za-z_]\w*)/,
    /(?<number>\.?\d[\w.]*)/,
    /(?<mark>[()[\]{},:?])/,
    /(?<other>[^\s\w])/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

/** Whether something has to be rewritten at all. */
const doubtful = /\/\/|[[{,]\s*\?|[A-Za-z_]\w*\s*\{|(?<![\w)\]}"'.\s])\s*\.\d|(?<!\w)(?:[bB][rR]?|[rR][bB])["']/;

/** A bracket that is open. */
interface Frame {
  readonly close: string;
  /** A list or map, neither an index nor arguments. */
  readonly isLiteral: boolean;
  /** `?` that wait for their `:`. */
  choices: number;
  /** Closes the call around an optional entry. */
  pending: string;
  isOptionalKey: boolean;
  /** Only for messages: whether the next word is the name of a field. */
  field?: boolean;
}

/**
 * What cel-js does not parse, as what it does: `{?key: value}` and `[?value]` get a call around the value, `Type{field: value}` becomes a call with
 * a map, `.5` gets a zero, bytes only escapes. Comments are left out.
 */
export function rewrite(written: string): string {
  const expression = written.replaceAll(/\r\n?/g, '\n');
  if (!doubtful.test(expression)) return expression;
  const frames: Frame[] = [];
  let text = '';
  let end = 0;
  let before = '';
  for (const match of expression.matchAll(token)) {
    const [found] = match;
    const { raw, text: literal, comment, number, mark, word } = match.groups ?? {};
    text += expression.slice(end, match.index);
    end = match.index + found.length;
    if (comment !== undefined) continue;
    const message = mark === '{' ? messageName(text, before) : undefined;
    if (message !== undefined) {
      text = `${text.slice(0, message.start)}${messageCall}("${message.name}", {`;
      frames.push({ close: '}', isLiteral: true, choices: 0, pending: '', isOptionalKey: false, field: true });
    } else if (mark !== undefined) text += rewrittenMark(mark, before, frames);
    else if (word !== undefined && frames.at(-1)?.field === true) text += JSON.stringify(word);
    else if (number?.startsWith('.')) text += /[\w)\]}"']$/.test(before) ? found : `0${found}`;
    else text += raw !== undefined || literal !== undefined ? rewrittenLiteral(found) : found;
    before = found;
  }
  return text + expression.slice(end);
}

/** The qualified name that the text ends with, if a brace after it starts a message. */
function messageName(text: string, before: string): { readonly name: string; readonly start: number } | undefined {
  if (!/^[A-Za-z_]\w*$/.test(before) || before === 'in') return undefined;
  const found = /(?:[A-Za-z_]\w*\s*\.\s*)*[A-Za-z_]\w*\s*$/.exec(text);
  return found === null ? undefined : { name: found[0].replaceAll(/\s/g, ''), start: found.index };
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function rewrittenMark(mark: string, before: string, frames: Frame[]): string {
  const frame = frames.at(-1);
  const close = closing[mark];
  if (close !== undefined) {
    const isIndex = mark === '[' && (/["')\]}]$/.test(before) || (/\w$/.test(before) && before !== 'in'));
    frames.push({ close, isLiteral: mark !== '(' && !isIndex, choices: 0, pending: '', isOptionalKey: false });
    return mark;
  }
  if (frame === undefined) return mark;
  if (mark === ',' || mark === frame.close) {
    const { pending } = frame;
    frame.pending = '';
    if (mark === frame.close) frames.pop();
    const isMessage = frame.field !== undefined;
    if (isMessage) frame.field = true;
    return pending + mark + (isMessage && mark === frame.close ? ')' : '');
  }
  if (mark === '?') return rewrittenQuestion(before, frame);
  if (mark !== ':') return mark;
  if (frame.choices > 0) {
    frame.choices -= 1;
    return mark;
  }
  if (frame.field !== undefined) frame.field = false;
  return frame.isOptionalKey ? `: ${wrap(frame)}` : mark;
}

function rewrittenQuestion(before: string, frame: Frame): string {
  const startsEntry = frame.isLiteral && /^[[{,]$/.test(before);
  if (startsEntry && frame.close === ']') return wrap(frame);
  if (startsEntry) frame.isOptionalKey = true;
  else if (before !== '.' && before !== '[') frame.choices += 1;
  return startsEntry ? '' : '?';
}

function wrap(frame: Frame): string {
  frame.isOptionalKey = false;
  frame.pending = ')';
  return `${optionalEntry}(`;
}

/** cel-js reads each character of bytes as one byte, and does not know `br'…'`. */
function rewrittenLiteral(literal: string): string {
  const [, prefix = '', quote = '', content = ''] = /^([bBrR]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal) ?? [];
  if (!/b/i.test(prefix)) return literal;
  const escaped = (text: string) =>
    [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  if (/r/i.test(prefix)) return `b${quote}${escaped(content)}${quote}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII.
  return `b${quote}${content.replaceAll(/[^\u0000-\u007f]+/g, escaped)}${quote}`;
}

const literalOrComment = new RegExp(
  [/(?<![\w])[rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/, /\/\/[^\n]*/]
    .map((part) => part.source)
    .join('|'),
  'g',
);

/** The expression with empty literals and without comments, to search it for names. */
export const withoutLiterals = memoize((expression): string =>
  expression.replaceAll(literalOrComment, (found: string) => (found.startsWith('//') ? '' : '""')),
);

/** Why the expression needs a cluster or a real admission request; undefined if it does not. */
export function clusterNeed(expression: string): string | undefined {
  if (!/authorizer|request/.test(expression)) return undefined;
  const found = /(?<![.\w])(?:authorizer\b|request\s*\.\s*\??\s*(?:userInfo|options|uid)\b)/.exec(
    withoutLiterals(expression),
  )?.[0];
  return found === undefined ? undefined : `${found.replaceAll(/\s/g, '')} is known only to a cluster`;
}

/** Names of the composed variables that an expression reads (`variables.x`). */
export const variablesIn = memoize((expression): readonly string[] => {
  if (!expression.includes('variables')) return [];
  return [...withoutLiterals(expression).matchAll(/(?<![.\w])variables\s*\.\s*\??\s*([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? '',
  );
});

/** Whether variablesIn finds every variable that is read: not in `variables["x"]`. */
export const readsByName = memoize((expression): boolean => {
  if (!expression.includes('variables')) return true;
  return [...withoutLiterals(expression).matchAll(/\bvariables\b/g)].length === variablesIn(expression).length;
});
