import path from 'node:path';
import type { Overrides } from '../gitops/deployable.ts';
import { textsIn, valueAt } from '../model/field-path.ts';
import type { Files } from '../ports/ports.ts';
import { isNode, type KustomizeNode, readKustomizeTree } from './kustomize-tree.ts';
import { isBlockScalar } from './pointer-document.ts';

/** A patch of a component that a pointer adds, and where a line (from 1) of it is. */
export interface PlacedPatch {
  readonly text: string;
  readonly place: (line: number) => { readonly file: string; readonly line: number };
}

/** In the order in which kustomize applies them. */
export async function componentPatches(
  { components }: Overrides,
  folder: string,
  workspace: string,
  files: Files,
): Promise<readonly PlacedPatch[]> {
  const named = textsIn(components?.value);
  const trees = await Promise.all(
    named.map((one) => readKustomizeTree(path.posix.join(folder, one), workspace, files).catch(() => undefined)),
  );
  return trees.flatMap((tree) => (tree === undefined ? [] : patchesOf(tree)));
}

function patchesOf(node: KustomizeNode): readonly PlacedPatch[] {
  const below = [...node.parts.filter(isNode), ...node.components].flatMap(patchesOf);
  const { patches = [], patchesStrategicMerge = [] } = node.data;
  const named = [...(patches ?? []).map(({ path: file }) => file), ...(patchesStrategicMerge ?? [])].flatMap((written) => {
    const file = typeof written === 'string' ? node.files.get(written) : undefined;
    return file === undefined ? [] : [{ text: file.text, place: (line: number) => ({ file: file.file, line }) }];
  });
  const lines = node.text.split('\n');
  const inline = (patches ?? []).flatMap((_patch, index) => {
    const at = ['patches', index, 'patch'];
    const text = valueAt(node.document.value, at);
    if (typeof text !== 'string') return [];
    const { line: key } = node.document.locate(at);
    const isBlock = isBlockScalar(lines[key - 1] ?? '');
    return [{ text, place: (line: number) => ({ file: node.file, line: isBlock ? key + line : key }) }];
  });
  return [...below, ...named, ...inline];
}
