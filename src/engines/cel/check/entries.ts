import { callOf, entriesOf, type Node } from '../node.ts';

/** The call that source.ts writes for a message, `Object.spec{replicas: 2}`: the name of its type, and a map of its fields. */
export const messageCall = 'k8sMessage';

/** The call that source.ts writes around the value of `{?key: value}` and `[?value]`. */
export const optionalEntry = 'k8sOptionalEntry';

export function isOptionalEntry(node: Node): boolean {
  return node.op === 'call' && callOf(node)?.name === optionalEntry;
}

/** The name of a message's type, and its fields by name; undefined for every other node. */
export function messageOf(
  node: Node,
): { readonly name: string; readonly fields: readonly (readonly [string, Node])[] } | undefined {
  const call = node.op === 'call' ? callOf(node) : undefined;
  const [name, fields] = call?.name === messageCall ? call.arguments : [];
  if (name === undefined || fields === undefined) return undefined;
  return { name: String(name.args), fields: entriesOf(fields).map(([key, value]) => [String(key.args), value]) };
}
