import type { JsonValue } from '../model/json.ts';

/** Words that are no text in YAML 1.1. */
const special = /^(?:~|y|yes|n|no|on|off|true|false|null)$/i;
const integer = /^(?:0|-?[1-9][0-9]{0,14})$/;
const decimal = /^(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6}$/;
/** Holds what no number has, though it may begin like one: `100m`, `64Mi`, `10.0.0.1`. */
const notNumeric = /[^0-9a-fA-FxXoO_.+-]|\..*\./;
const notFinite = /^[-+]?\.?(?:inf|nan)$/i;

/** The value of a scalar without quotes, where it is plain to see; undefined: ask the full parser. */
export function plainValue(text: string): JsonValue | undefined {
  const first = text.charCodeAt(0);
  const isWord = (first >= 97 && first <= 122) || (first >= 65 && first <= 90) || first === 47 || first === 95;
  if (isWord) {
    if (!special.test(text)) return text;
    return text === 'true' ? true : text === 'false' ? false : undefined;
  }
  if (integer.test(text) || decimal.test(text)) return Number(text);
  return notNumeric.test(text) && !notFinite.test(text) ? text : undefined;
}

/** Whether a key that begins with a letter reads as the text it is; `yes:` is the key "true". */
export function isPlainKey(text: string): boolean {
  return !special.test(text) && text !== '__proto__';
}

/** Spaces that a line begins with. */
export function indentOf(line: string): number {
  let at = 0;
  while (line[at] === ' ') at += 1;
  return at;
}

/** A first character that begins no other kind of node; a dash has to be part of a word. */
const plainStart = /[A-Za-z0-9_/.$()]|-[^ ]/y;

export function startsPlain(text: string, at: number): boolean {
  plainStart.lastIndex = at;
  return plainStart.test(text);
}

const ending = /(?: *| +#.*)$/y;

/** Whether nothing but a comment follows on the line. */
export function endsLine(text: string, at: number): boolean {
  ending.lastIndex = at;
  return ending.test(text);
}

/** Whether nothing in it ends a text without quotes: neither a colon that makes it a key, nor a comment. */
export function isPlainText(text: string): boolean {
  return !text.endsWith(':') && !text.includes(': ') && !text.includes(' #') && text[0] !== '#';
}

/** What stands between double quotes, with no escapes but those that JSON has, too. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const value: unknown = JSON.parse(`"${text}"`);
  return String(value);
}
