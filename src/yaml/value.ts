import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { jsonOf, keyText, resolveScalar } from './resolve.ts';

type Refuse = (node: Node | undefined | null, message: string) => Error;

/** Nodes that one document may expand to through its aliases. */
const expansionLimit = 200_000;

/**
 * A YAML tree as the value Kubernetes would see: keys are the strings that were written, integral floats are integers,
 * integers beyond the safe range stay bigint, merges are resolved with the map's own keys first.
 */
export function toKubernetesValue(root: Node | null, document: Document.Parsed, text: string, refuse: Refuse): JsonValue {
  let expanded = 0;
  const open = new Set<Node>();

  function read(node: Node | null | undefined): JsonValue {
    expanded += 1;
    if (expanded > expansionLimit) throw refuse(node, `expands to more than ${expansionLimit} values`);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) throw refuse(node, `the alias *${node.source} has no anchor`);
      if (open.has(target)) throw refuse(node, `the alias *${node.source} contains itself`);
      return read(target);
    }
    if (isScalar(node)) return scalar(node);
    open.add(node);
    if ((isMap(node) || isSeq(node)) && node.flow === true) refuseUnspaced(node);
    const value = isSeq(node)
      ? node.items.map((item) => colonEnded(toNode(item)) ?? read(toNode(item)))
      : isMap(node)
        ? map(node)
        : fail(node);
    open.delete(node);
    return value;
  }

  /** `[fd00::, b]` is two strings to Kubernetes' reader, the first with both colons; by the specification it would be a map. */
  function colonEnded(node: Node | null): string | undefined {
    if (!isMap(node) || node.flow !== true || node.range == null || text[node.range[0]] === '{') return undefined;
    const key = node.items.length === 1 ? node.items[0]?.key : undefined;
    if (!isScalar(key) || key.type !== 'PLAIN' || key.tag !== undefined || key.anchor !== undefined) return undefined;
    const end = key.range?.[1] ?? 0;
    return /^:[,\]]/.test(text.slice(end, end + 2)) && !key.source?.startsWith('?') ? `${key.source}:` : undefined;
  }

  /** `{?a: b}` has the key `a` for go-yaml and `?a` for others; `{a:, b: c}` has `a:`, and `a` for others. */
  function refuseUnspaced(node: YAMLMap | YAMLSeq): void {
    for (const item of node.items) {
      const keys = isPair(item) ? [item.key, item.value] : [item];
      for (const part of keys) {
        if (!isScalar(part) || part.type !== 'PLAIN') continue;
        const isOpen =
          part.source?.startsWith('?') === true || /^:[,\]}]/.test(text.slice(part.range?.[1], (part.range?.[1] ?? 0) + 2));
        if (isOpen) throw refuse(part, 'a ? or : without a space after it is an indicator to some tools and text to others');
      }
    }
  }

  function map(node: Node): JsonValue {
    const own = new Map<string, JsonValue>();
    const merged = new Map<string, JsonValue>();
    if (!isMap(node)) return fail(node);
    let hasMerge = false;
    for (const pair of node.items) {
      if (!isScalar(pair.key)) throw refuse(node, 'a key of a map must be a plain scalar');
      const value = read(toNode(pair.value));
      if (pair.key.source === '<<') {
        // go-yaml 2 lets a merge override what is before it, go-yaml 3 does not; of two merges, and of a quoted one, they differ too.
        if (!isMergeKey(pair.key)) throw refuse(pair.key, 'the key << is a merge in some tools and a plain key in others');
        if (hasMerge) throw refuse(pair.key, 'the key << appears twice in one map');
        hasMerge = true;
        merge(value, merged, node);
        const overridden = [...merged.keys()].find((key) => own.has(key));
        if (overridden !== undefined)
          throw refuse(pair.key, `<< is after ${JSON.stringify(overridden)}, which it overrides in some tools and not in others`);
      } else {
        const key = keyOf(pair.key);
        if (key === undefined) throw refuse(pair.key, 'a key of a map must be a string, a number or a boolean');
        if (own.has(key)) throw refuse(pair.key, `the key ${JSON.stringify(key)} appears twice in one map, written in two ways`);
        own.set(key, value);
      }
    }
    // Object.fromEntries defines own properties: a key named __proto__ stays data.
    return Object.fromEntries([...own, ...[...merged].filter(([key]) => !own.has(key))]);
  }

  function merge(value: JsonValue, into: Map<string, JsonValue>, node: Node): void {
    const parts = isArray(value) ? value : [value];
    for (const part of parts) {
      if (!isObject(part)) throw refuse(node, '<< merges only maps');
      for (const [key, item] of Object.entries(part)) if (!into.has(key)) into.set(key, item);
    }
  }

  function scalar(node: Scalar): JsonValue {
    const value = resolveScalar(node);
    if (typeof value === 'object' && value !== null) throw refuse(node, value.refused);
    return jsonOf(value);
  }

  function fail(node: Node): never {
    throw refuse(node, 'not a value that JSON has');
  }
  return read(root);
}

export function isMergeKey(key: Scalar): boolean {
  return key.source === '<<' && key.type === 'PLAIN' && key.tag === undefined;
}

/** A key as the string that Kubernetes makes of it; undefined where it refuses the key. */
export function keyOf(key: Scalar): string | undefined {
  return keyText(resolveScalar(key));
}

function toNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}
