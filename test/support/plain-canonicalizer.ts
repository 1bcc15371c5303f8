import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Canonicalizer } from '../../src/model/canonical.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import { isArray, isObject, type JsonValue, stringifyJson } from '../../src/model/json.ts';

interface Line {
  readonly text: string;
  readonly path: FieldPath;
}

/** Block style, one scalar a line, strings quoted: enough of the contract for live engine tests. */
export const plainCanonicalizer: Canonicalizer = {
  async write(folder, resources) {
    mkdirSync(folder, { recursive: true });
    const written = resources.map((resource) => {
      const lines = emit(resource.object, [], '');
      const file = path.join(folder, `${resource.uid}.yaml`);
      writeFileSync(file, `${lines.map((line) => line.text).join('\n')}\n`);
      return { uid: resource.uid, file, lines };
    });
    const files = new Map(written.map(({ uid, file }) => [uid, file]));
    const lines = new Map(written.map((entry) => [entry.uid, entry.lines]));
    return { files, fieldAt: (uid, line) => lines.get(uid)?.[line - 1]?.path };
  },
};

function emit(value: JsonValue, at: FieldPath, margin: string): readonly Line[] {
  if (isArray(value)) return value.flatMap((item, index) => listItem(item, [...at, index], margin));
  if (!isObject(value)) return [{ text: margin + stringifyJson(value), path: at }];
  return Object.entries(value).flatMap(([key, item]) => {
    const head = `${margin}${JSON.stringify(key)}:`;
    const path = [...at, key];
    return isBlock(item)
      ? [{ text: head, path }, ...emit(item, path, `${margin}  `)]
      : [{ text: `${head} ${stringifyJson(item)}`, path }];
  });
}

/** The dash takes the place of the margin of the item's first line. */
function listItem(item: JsonValue, path: FieldPath, margin: string): readonly Line[] {
  if (!isBlock(item)) return [{ text: `${margin}- ${stringifyJson(item)}`, path }];
  const [first, ...rest] = emit(item, path, `${margin}  `);
  return first === undefined ? [] : [{ ...first, text: `${margin}- ${first.text.slice(margin.length + 2)}` }, ...rest];
}

function isBlock(value: JsonValue): boolean {
  return isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}
