import { isSeq, parseDocument } from 'yaml';

/**
 * Appends an item to a top-level list of a YAML file, and keeps every comment. The text has to be one that `parseYaml` takes; what comes out
 * reads back the same, since strings that YAML 1.1 would take for something else are quoted.
 */
export function appendToList(
  text: string,
  key: string,
  items: readonly Readonly<Record<string, string | readonly string[]>>[],
): string {
  const document = parseDocument(text, { version: '1.1', keepSourceTokens: false });
  const known = document.get(key);
  if (!isSeq(known) || known.items.length === 0) document.set(key, document.createNode([]));
  const list = document.get(key);
  if (!isSeq(list)) throw new Error(`${key} is not a list`);
  list.flow = false;
  for (const item of items) list.add(document.createNode(item));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
