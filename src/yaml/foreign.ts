import { type Document, isMap, isScalar, Lexer, LineCounter, visit } from 'yaml';
import { attempt } from '../model/attempt.ts';
import { hasOtherLineBreaks, parseTrees } from './full.ts';
import { keyOf } from './value.ts';

const letters = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(?:\r?\n|[\r\u0085\u2028\u2029])[ \t]*)/g;

/** The text with each escape that can spell a letter written out, and keys that go on behind an escaped line break made whole. */
function spelled(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(letters, (_all, ...codes: readonly (string | undefined)[]) => {
    const code = codes.slice(0, 3).find((digits) => digits !== undefined);
    const point = code === undefined ? undefined : Number.parseInt(code, 16);
    return point === undefined || point > 0x10_ff_ff ? '' : String.fromCodePoint(point);
  });
}

/** A tag whose text is base64 can spell any key, and so can one that is itself escaped or declared. */
const hidesText = /!\S{0,40}(?:binary|%)|%TAG/i;

/** Whether any reader could find an object in the text: that takes two of these three keys, however they are written. */
export function mayHoldObject(text: string): boolean {
  const holds = (within: string) => ['apiVersion', 'kind', 'metadata'].filter((key) => within.includes(key)).length > 1;
  return holds(text) || hidesText.test(text) || holds(spelled(text));
}

const keyLike = (key: string) => new RegExp(`(?:^|[\\s{,"'])${key}["']?\\s*:`);
const [kindKey, metadataKey] = [keyLike('kind'), keyLike('metadata')];
/** A key that is written somewhere else than before its colon. */
const distantKey = /(?:^|\n)[ \t-]*\?\s|[ \t]:(?:\s|$)/;

/**
 * For text that this gate can't read, though a reader of Kubernetes perhaps can: whether it could be an object. Without the word
 * `apiVersion` that takes both other keys.
 */
export function mightBeObject(text: string): boolean {
  const whole = spelled(text);
  if (hidesText.test(text) || /apiVersion/.test(whole)) return true;
  return (kindKey.test(whole) && metadataKey.test(whole)) || (distantKey.test(whole) && mayHoldObject(whole));
}

/** Why a text that can't be read is not a manifest; undefined where it might be one. */
export function whyForeign(text: string): string | undefined {
  if (!mightBeObject(text)) return 'not a Kubernetes manifest (and not valid YAML)';
  if (hasOtherLineBreaks(text)) return withoutMetadata(text);
  try {
    const documents = parseTrees(text, new LineCounter());
    if (isTemplated(text, documents[0])) return 'templated text, which kubectl cannot read until it is rendered';
    return hasOtherKeys(text, documents) ? 'not a Kubernetes manifest' : undefined;
  } catch {
    return undefined;
  }
}

/** Text for a template engine that Helm and kubectl cannot read until it is rendered. */
export function isTemplateText(text: string): boolean {
  return attempt(() => isTemplated(text, parseTrees(text, new LineCounter())[0])) === true;
}

/**
 * As `whyForeign`, for bytes that are not UTF-8. Readers of YAML also accept UTF-16, which has a zero byte or a mark at the start: such a file
 * might be an object whatever it looks like here.
 */
export function whyForeignBytes(bytes: Uint8Array): string | undefined {
  const isWide = bytes.includes(0) || (bytes[0] ?? 0) >= 0xfe;
  const raw = Buffer.from(bytes);
  const isUtf8 = Buffer.from(raw.toString('utf8'), 'utf8').equals(raw);
  if (isUtf8 || isWide || mightBeObject(raw.toString('latin1'))) return undefined;
  return 'not a Kubernetes manifest (and not UTF-8 text)';
}

/** However its lines are read: without a name the API server accepts nothing. */
function withoutMetadata(text: string): string | undefined {
  if (hidesText.test(text) || spelled(text).includes('metadata')) return undefined;
  return 'not a Kubernetes manifest: it has no metadata';
}

/**
 * Text for a template engine, at a place where Kubernetes' reader stops with an error, too, so that nothing can hide behind it: not behind the
 * first error of the parser, a map is the key of a map (`{{ name }}`), or a flow map begins with what begins no scalar (`{{- if`, `{% if`).
 * Braces in a comment or a string are neither.
 */
function isTemplated(text: string, document: Document.Parsed | undefined): boolean {
  if (document === undefined) return false;
  const syntax = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const first = syntax.reduce((least, { pos }) => Math.min(least, pos[0]), text.length);
  // What is wrong with the map itself is reported at its brace, before what is in it.
  const opening = syntax.some(({ code, pos: [at] }) => {
    if (code === 'BLOCK_IN_FLOW') return at <= first + 2 && text.startsWith('{{-', at - 2);
    if (code !== 'BAD_SCALAR_START' || at > first + 1) return false;
    // `@NAME@`, `%NAME%`: neither character may begin a scalar.
    return text.startsWith('{%', at - 1) || (at === first && /^([@%])[\w.-]{1,100}\1/.test(text.slice(at, at + 102)));
  });
  if (opening || followsPlaceholder(text, first)) return true;
  let found = false;
  visit(document, {
    Pair(_key, { key }) {
      if (!isMap(key) || key.range == null || key.range[0] > first + 1) return undefined;
      found = text.startsWith('{{', key.range[0] - 1);
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

/** `{PREFIX}.16`: to every reader a flow map ends at the brace, and nothing may follow it there. A `#` would begin a comment to some. */
function followsPlaceholder(text: string, at: number): boolean {
  return /^[^\s#,\]}]/.test(text.slice(at, at + 1)) && /\{[\w.-]+\}$/.test(text.slice(Math.max(0, at - 100), at));
}

/**
 * Whether two braces open a map within the key of another, as actions of a template do outside of strings and comments: no reader of Kubernetes
 * takes the document.
 */
export function hasActions(text: string): boolean {
  if (!text.includes('{{') || hasOtherLineBreaks(text)) return false;
  let last = '';
  for (const token of new Lexer().lex(text)) {
    if (token === '{' && last === '{') return true;
    last = token;
  }
  return false;
}

/** A tree that is whole, but for keys that appear twice and tags that are unknown here, whose root has no key that an object has. */
function hasOtherKeys(text: string, documents: readonly Document.Parsed[]): boolean {
  if (/^[^\w\s]*kind\b/m.test(spelled(text))) return false;
  return documents.every(({ errors, contents }) => {
    if (errors.some(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED')) return false;
    if (!isMap(contents)) return isScalar(contents) || contents === null;
    if (contents.flow === true) return false;
    return contents.items.every(({ key }) => isScalar(key) && !['kind', '<<', undefined].includes(keyOf(key)));
  });
}
