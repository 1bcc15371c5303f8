import { callOf, type Node } from '../node.ts';

/** The call that source.ts writes around the value of `{?key: value}` and `[?value]`. */
export const optionalEntry = 'k8sOptionalEntry';

export function isOptionalEntry(node: Node): boolean {
  return node.op === 'call' && callOf(node)?.name === optionalEntry;
}
