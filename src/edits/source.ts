import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type Document as YamlDocument,
} from 'yaml';

export type Steps = readonly string[];
export type Tree = YamlDocument.Parsed<ParsedNode>;

/** A YAML file with its trees (YAML 1.1, as in Kubernetes) and the values of each document in YAML 1.1 and 1.2. */
export interface Source {
  readonly text: string;
  readonly trees: readonly Tree[];
  readonly lines: LineCounter;
  readonly values: readonly (readonly unknown[])[];
}

/** Tags of YAML 1.1 without a JSON equivalent; documents with one are not edited. */
const foreignTags = /:(?:timestamp|binary|set|omap|pairs)$/;

/** Undefined for text that is not strict YAML. An edit must be correct in both versions: `yes` is a boolean only in YAML 1.1. */
export function readSource(text: string): Source | undefined {
  const lines = new LineCounter();
  try {
    const [trees, others] = [parse(text, '1.1', lines), parse(text, '1.2')];
    if (trees.length === 0 || [...trees, ...others].some(({ errors, warnings }) => errors.length + warnings.length > 0))
      return undefined;
    const values = [trees, others].map((all) => all.map((tree): unknown => tree.toJS({ maxAliasCount: 100 })));
    return { text, trees, lines, values };
  } catch {
    return undefined; // an alias bomb, or nested too deeply for the parser
  }
}

function parse(text: string, version: '1.1' | '1.2', lineCounter?: LineCounter): readonly Tree[] {
  const parsed = parseAllDocuments(text, {
    version,
    intAsBigInt: true,
    merge: true,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
    ...(lineCounter !== undefined && { lineCounter }),
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !foreignTags.test(tag.tag)),
  });
  return 'empty' in parsed ? [] : parsed;
}

/** An existing field: its node, and the node that a location points to (the key, or the list item). */
export interface Found {
  readonly mark: Node;
  readonly node: Node | null;
}

/** One step down; only keys written in this map count, not merged ones. */
export function child(node: Node | null, step: string): Found | undefined {
  if (isSeq(node)) {
    const item = /^\d{1,6}$/.test(step) ? node.items[Number(step)] : undefined;
    return isNode(item) ? { mark: item, node: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items)
    if (isScalar(key) && String(key.value) === step) return { mark: key, node: isNode(value) ? value : null };
  return undefined;
}

/** As far down as the path exists. */
export function walk(root: Node | null, steps: Steps): { readonly found: Found | undefined; readonly depth: number } {
  let found: Found | undefined = root === null ? undefined : { mark: root, node: root };
  let depth = 0;
  for (const step of steps) {
    const next = found === undefined ? undefined : child(found.node, step);
    if (next === undefined) break;
    found = next;
    depth += 1;
  }
  return { found, depth };
}

/** Every field below a node with the steps to it. */
export function* places(node: Node | null, steps: Steps = []): Generator<Found & { readonly steps: Steps }> {
  const names = isSeq(node)
    ? node.items.map((_item, index) => String(index))
    : isMap(node)
      ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
      : [];
  for (const name of names) {
    const found = child(node, name);
    if (found === undefined) continue;
    yield { ...found, steps: [...steps, name] };
    yield* places(found.node, [...steps, name]);
  }
}
