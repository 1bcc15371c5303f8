import { type FieldPath, formatPath, pointerOf } from '../../model/field-path.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import type { Problem } from './problem.ts';

/** A field that the type does not have. @param fields All fields of the type. */
export function unknownField(parent: JsonObject, path: FieldPath, fields: readonly string[]): Problem {
  const name = String(path.at(-1));
  const near = nearest(name, fields);
  const shown = shownPath(path);
  const problem = { rule: 'unknown-field', path } as const;
  if (near === undefined) {
    const known = fields.length > 0 && fields.length <= 12 ? ` Fields here: ${fields.join(', ')}.` : '';
    return { ...problem, message: `unknown field ${shown}`, fix: `Remove it, or move it to where it belongs.${known}` };
  }
  const message = `unknown field ${shown}: did you mean \`${near}\`?`;
  if (Object.hasOwn(parent, near)) return { ...problem, message, fix: `Remove it: \`${near}\` is set as well.` };
  return {
    ...problem,
    field: near,
    message,
    fix: `Rename it to \`${near}\`.`,
    patch: renaming(path, near, parent[name] ?? null),
  };
}

function renaming(path: FieldPath, to: string, value: JsonValue): readonly JsonPatchOperation[] {
  return [
    { op: 'remove', path: pointerOf(path) },
    { op: 'add', path: pointerOf([...path.slice(0, -1), to]), value },
  ];
}

export function wrongType(value: JsonValue, path: FieldPath, expected: string, found: string): Problem {
  const shown = shownPath(path);
  if (typeof value === 'string' && ofText.test(expected)) return invalidValue(path, expected);
  const problem = { rule: 'wrong-type', path, message: `${shown}: expected ${expected}, but it is ${found}` } as const;
  const bare = typeof value === 'string' ? bareValue(value, expected) : undefined;
  if (bare !== undefined)
    return { ...problem, fix: 'Remove the quotes.', patch: [{ op: 'replace', path: pointerOf(path), value: bare }] };
  const isPlain = typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint';
  return { ...problem, fix: expected === 'a string' && isPlain ? 'Quote the value.' : `Set it to ${expected}.` };
}

/** Types that are written as text in a format of their own. */
const ofText = /^(?:a quantity|a time|base64)/;

export function invalidValue(path: FieldPath, expected: string): Problem {
  return { rule: 'invalid-value', path, message: `${shownPath(path)}: expected ${expected}`, fix: `Set it to ${expected}.` };
}

/** In messages, as kubectl writes it, at most as long as a line. */
function shownPath(path: FieldPath): string {
  const text = formatPath(path);
  return `\`${text.length > 200 ? `…${text.slice(-200)}` : text}\``;
}

/** What a quoted value would be without its quotes, if that is what is expected. */
function bareValue(value: string, expected: string): JsonValue | undefined {
  if (expected === 'true or false' && (value === 'true' || value === 'false')) return value === 'true';
  return expected.includes('integer') && /^(?:0|[1-9]\d{0,8})$/.test(value) ? Number(value) : undefined;
}

/** @param path The parent of the field: the field itself has no place. */
export function missingField(name: string, path: FieldPath): Problem {
  return {
    rule: 'missing-field',
    path,
    field: name,
    message: `the required field ${shownPath([...path, name])} is missing`,
    fix: `Set \`${name}\`.`,
  };
}

export function duplicateItem(path: FieldPath, keys: readonly string[]): Problem {
  const what = keys.length === 0 ? 'the same value' : `the same ${keys.map((key) => `\`${key}\``).join(' and ')}`;
  const message = `${shownPath(path)}: an earlier item of the list has ${what}`;
  return { rule: 'duplicate-item', path, message, fix: 'Remove one of the two.' };
}
