import type { FieldPath } from '../model/field-path.ts';
import { valueAt } from '../model/field-path.ts';
import { isArray, type JsonObject, type JsonValue } from '../model/json.ts';
import { fieldsOf, isScalar, type Output, pathKey, readOutput } from './helm-documents.ts';
import { type Leaf, overriding } from './helm-sentinels.ts';
import type { RenderValues } from './helm-values-trace.ts';

/**
 * `false` and `0` have no stand-in of their own: anything else that shows would be true in an `if`, and change what is rendered. But four
 * things are as false as they are and show differently: in a few renderings each leaf shows a sequence of them that no other has.
 */
const symbols: readonly JsonValue[] = [0, false, '', []];
/** Past these, false values are not told apart any more. */
const maxDigits = 5;

export async function traceFalsy(
  first: Output,
  leaves: readonly Leaf[],
  values: JsonObject,
  render: RenderValues,
  found: (document: string, path: FieldPath, leaf: Leaf) => void,
): Promise<void> {
  const open = first.documents.flatMap((document) =>
    fieldsOf(document.value).flatMap(({ path, value }) => (isFalsyText(value) ? [{ document: document.key, path, value }] : [])),
  );
  let group = leaves.filter(({ value }) => open.some((field) => String(field.value).includes(String(value))));
  for (let attempt = 0; attempt < 3 && group.length > 0; attempt += 1) {
    const codes = codesOf(group);
    if (codes === undefined) return;
    const results = await Promise.all(
      codes.digits.map((digit) => {
        const changed = new Map(group.map((leaf, index) => [pathKey(leaf.path), symbols[codes.of(index)[digit] ?? 0] ?? 0]));
        return render(overriding(values, changed));
      }),
    );
    if (results.some((result) => result === undefined)) return;
    const failed = results.find((result) => result?.text === '');
    if (failed !== undefined) {
      const others = group.filter(({ path }) => !failed.error.includes(`.${String(path.at(-1))}`));
      group = others.length < group.length ? others : [];
      continue;
    }
    const outputs = results.map((result) => {
      const { documents } = readOutput(result?.text ?? '', (text) => text);
      const others = new Map(documents.map((document) => [document.key, document]));
      return open.map(({ document, path }) => valueAt(others.get(document)?.value, path) ?? null);
    });
    for (const [position, field] of open.entries()) {
      const code = outputs.map((output) => symbolOf(output[position] ?? null, String(field.value))).join('');
      const leaf = group[codes.indexOf(code)];
      if (leaf !== undefined && String(field.value) === String(leaf.value)) found(field.document, field.path, leaf);
    }
    return;
  }
}

function isFalsyText(value: JsonValue): boolean {
  return isScalar(value) && (String(value) === 'false' || String(value) === '0');
}

interface Codes {
  /** 0, 1, … */
  readonly digits: readonly number[];
  of(index: number): readonly number[];
  indexOf(code: string): number;
}

/** The last digit checks the others. A field that never changes shows `0` or `false` throughout: no leaf has such a code. */
function codesOf(group: readonly Leaf[]): Codes | undefined {
  let body = 1;
  while (4 ** body - 2 < group.length) body += 1;
  if (body + 1 > maxDigits) return undefined;
  const codes: (readonly number[])[] = [];
  for (let number = 0; codes.length < group.length; number += 1) {
    const digits = number.toString(4).padStart(body, '0').split('').map(Number);
    const check = (digits.reduce((sum, digit, index) => sum + digit * (index + 1), 0) + 2) % 4;
    const all = [...digits, check];
    if (new Set(all).size > 1) codes.push(all);
    if (number > 4 ** body) return undefined;
  }
  const index = new Map(codes.map((code, position) => [code.join(''), position]));
  return {
    digits: Array.from({ length: body + 1 }, (_none, digit) => digit),
    of: (position) => codes[position] ?? [],
    indexOf: (code) => index.get(code) ?? -1,
  };
}

function symbolOf(shown: JsonValue, before: string): string {
  if (isArray(shown) || shown === '[]') return shown.length === 0 || shown === '[]' ? '3' : '?';
  if (shown === null || shown === '') return '2';
  if (!isScalar(shown)) return '?';
  if (String(shown) === '0') return '0';
  return String(shown) === 'false' ? '1' : before === String(shown) ? '1' : '?';
}
