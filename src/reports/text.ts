/**
 * Text from outside (names, titles, paths, what engines said) is shown, never obeyed. These functions make it safe for a reader's
 * eye; escape.ts and markdown.ts make it safe for a format.
 */

/**
 * Characters that steer a terminal, reorder or hide text, or are no characters at all: controls but newline and tab, format characters
 * (bidirectional controls, zero-width, tags), other ignorables but the emoji selector, line and paragraph separators, lone surrogates,
 * non-characters. See https://trojansource.codes (CVE-2021-42574).
 */
const unsafe = /(?!\t|\n|\u{fe0f})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Writes each of them as `\u{202e}`, so that a reader sees that something stood there. Newlines (of Windows, too) and tabs stay. */
export function reveal(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Most texts are one already, and to look is ten times as fast as to replace. */
const oneCleanLine = /^(?:[!-~](?: ?[!-~])*)?$/;

/** One line: all white space is one space, the rest revealed. */
export function oneLine(text: string): string {
  if (oneCleanLine.test(text)) return text;
  return reveal(text).replace(/\s+/gu, ' ').trim();
}

/** At most `maxChars` UTF-16 units, an ellipsis where it was cut; never half of a surrogate pair. */
export function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const cut = text.slice(0, maxChars - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** UTF-8 bytes. */
/** As a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Words in lines of at most `width` characters; a word longer than that keeps a line of its own, whole, so that it can be copied. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
