import { Document, isScalar, visit } from 'yaml';
import type { JsonObject } from '../model/json.ts';

/** Fields in the order of kubectl; others follow by name, so that the order in a template does not matter. */
const first = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'labels', 'annotations', 'spec'];

/** Characters that control a terminal, hide or reorder text, or end a line in some readers. See reports/text.ts. */
const hiddenCharacter =
  /(?!\t|\n|\u{fe0f})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
/** Fast path: most texts are, and Unicode properties take many times as long. */
const ascii = /^[\t\n -~]*$/;
const workflowCommand = /^\s*::|##\[/m;
/** What a reader of YAML 1.1 or 1.2 may take for something else than a string: numbers with `_`, `:` or `0o`, `on`, `y`. */
const readAsOther = /^(?:[-+.]?[\d._][\d._:eExXoObBa-fA-F+-]*|[-+]?\.?(?:inf|nan)|y|n|yes|no|on|off|true|false|null|~|=|<<)$/i;

/**
 * A resource as YAML of one style, whoever wrote it. It has the same value for kubectl, and is safe to print: no text of it moves a cursor,
 * hides other text or is a command of a GitHub runner (`::` at the start of a line, `##[` anywhere).
 */
export function manifestText(object: JsonObject): string {
  const document = new Document(object, { sortMapEntries: compareKeys, aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && mustBeQuoted(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  // All strings with such characters are in double quotes, where they can be escaped.
  const safe = text.replaceAll('##[', '\\x23#[');
  return ascii.test(safe) ? safe : safe.replace(hiddenCharacter, escaped);
}

function mustBeQuoted(text: string): boolean {
  return readAsOther.test(text) || workflowCommand.test(text) || (!ascii.test(text) && text.search(hiddenCharacter) !== -1);
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function compareKeys(a: { readonly key: unknown }, b: { readonly key: unknown }): number {
  const [left, right] = [textOf(a.key), textOf(b.key)];
  return rank(left) - rank(right) || (left < right ? -1 : 1);
}

function rank(key: string): number {
  const index = first.indexOf(key);
  return index === -1 ? first.length : index;
}

function textOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}
