import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { FieldPath } from '../model/field-path.ts';

/** Line (from 0) of each field in the text of a manifest; a field that it does not have is at its nearest parent. */
export function fieldLines(text: string, paths: readonly FieldPath[]): readonly number[] {
  const counter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: counter });
  return paths.map((path) => {
    let node: unknown = contents;
    let offset = 0;
    for (const step of path) {
      const next = childOf(node, step);
      if (next === undefined) break;
      offset = next.offset ?? offset;
      node = next.node;
    }
    return Math.max(0, counter.linePos(offset).line - 1);
  });
}

interface Child {
  readonly node: unknown;
  /** Of its key, or of the item of a list. */
  readonly offset: number | undefined;
}

function childOf(parent: unknown, step: FieldPath[number]): Child | undefined {
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return isNode(item) ? { node: item, offset: item.range?.[0] } : undefined;
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined || !isScalar(pair.key) ? undefined : { node: pair.value, offset: pair.key.range?.[0] };
}
