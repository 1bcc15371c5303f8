/**
 * Untrusted text (names, titles, paths, engine output) must not deceive readers or be interpreted. These functions make it safe to read;
 * escape.ts and markdown.ts escape it for a format.
 */

/**
 * Characters that control a terminal, or reorder or hide text, and invalid ones: control characters except newline and tab, format
 * characters (bidirectional controls, zero-width, tags), other ignorables except the emoji selector, line and paragraph separators, lone
 * surrogates, non-characters. See https://trojansource.codes (CVE-2021-42574).
 */
const unsafe = /(?!\t|\n|\u{fe0f})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Writes each of them as `\u{202e}`, so that readers see it. Newlines (CR LF, too) and tabs are kept. */
export function reveal(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Fast path: most texts already match, and testing is ten times as fast as replacing. */
const oneCleanLine = /^(?:[!-~](?: ?[!-~])*)?$/;

/** One line: white space is collapsed, hidden characters are revealed. */
export function oneLine(text: string): string {
  if (oneCleanLine.test(text)) return text;
  return reveal(text).replace(/\s+/gu, ' ').trim();
}

/** At most `maxChars` UTF-16 units, with an ellipsis if cut; never splits a surrogate pair. */
export function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const cut = text.slice(0, maxChars - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** UTF-8 bytes. */
/** Capitalizes the first letter. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Wraps at `width` characters; a longer word keeps its own line unbroken, so that it can be copied. */
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
