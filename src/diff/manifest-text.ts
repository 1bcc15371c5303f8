import { isSeq, parseDocument, stringify } from 'yaml';
import type { FieldPath } from '../model/field-path.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';

/** Fields in the order of kubectl; others follow by name, so that the order in a template does not matter. */
const first = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'labels', 'annotations', 'spec'];

/** A resource as YAML of one style, whoever wrote it. */
export function manifestText(object: JsonObject): string {
  const compare = (a: { readonly key: unknown }, b: { readonly key: unknown }): number => {
    const [left, right] = [String(scalarOf(a.key)), String(scalarOf(b.key))];
    return rank(left) - rank(right) || (left < right ? -1 : 1);
  };
  return stringify(object, { sortMapEntries: compare, lineWidth: 0, aliasDuplicateObjects: false });
}

function rank(key: string): number {
  const index = first.indexOf(key);
  return index === -1 ? first.length : index;
}

function scalarOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

/** Line (from 0) of each path in the text; a path that is not there is at its nearest parent. */
export function linesOf(text: string, paths: readonly FieldPath[]): readonly number[] {
  const document = parseDocument(text);
  const starts: number[] = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => starts.findLastIndex((start) => start <= offset);
  return paths.map((path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== undefined) return lineAt(offset);
    }
    return 0;
  });
}

/** Of the key, or of the item of a list. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: FieldPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isSeq(parent)) return rangeOf(parent.items[Number(last)]);
  if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items)) return undefined;
  const pair: unknown = parent.items.find((item: unknown) => isPairOf(item, String(last)));
  return typeof pair === 'object' && pair !== null && 'key' in pair ? rangeOf(pair.key) : undefined;
}

function isPairOf(item: unknown, key: string): boolean {
  return typeof item === 'object' && item !== null && 'key' in item && String(scalarOf(item.key)) === key;
}

function rangeOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined;
}

/** Nobody may read a Secret in a comment; that a value differs is shown. */
export function withoutSecrets(
  before: Resource | undefined,
  after: Resource | undefined,
): { readonly before?: JsonObject; readonly after?: JsonObject } {
  const objects = { before: before && shown(before), after: after && shown(after) };
  if (![before, after].some((one) => one?.kind === 'Secret'))
    return { ...(objects.before && { before: objects.before }), ...(objects.after && { after: objects.after }) };
  return {
    ...(objects.before && { before: hidden(objects.before, objects.before) }),
    ...(objects.after && { after: hidden(objects.after, objects.before ?? objects.after) }),
  };
}

/** Values that differ in each rendering would differ here as well. */
function shown({ object, stableObject }: Resource): JsonObject {
  return stableObject ?? object;
}

function hidden(object: JsonObject, old: JsonObject): JsonObject {
  const conceal = (key: string): JsonObject => {
    const values = object[key];
    const olds = old[key];
    if (!isObject(values)) return {};
    const names = Object.entries(values).map(([name, value]) => [
      name,
      !isObject(olds) || olds[name] === value ? '(hidden)' : '(hidden, changed)',
    ]);
    return { [key]: Object.fromEntries(names) };
  };
  return { ...object, ...conceal('data'), ...conceal('stringData') };
}
