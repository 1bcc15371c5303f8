import { isMap, isScalar } from 'yaml';
import { parseImageName } from '../model/image-name.ts';
import type { Place, Target } from './locate.ts';
import { places, type Source } from './source.ts';
import type { Operation } from './value.ts';

/**
 * An operation that replaces an image, on a file that has only its tag: the values of a chart, or `newTag` of a kustomization. Whoever reads the
 * file may compute with the tag, so the caller has to judge the result. Undefined if the place is not a tag.
 */
export function locateImageTag(operations: readonly Operation[], place: Place, { trees, lines }: Source): Target | undefined {
  const [operation, ...others] = operations;
  const { line, column, precision } = place;
  if (operation?.op !== 'replace' || others.length > 0 || typeof operation.value !== 'string' || precision !== 'field')
    return undefined;
  const name = parseImageName(operation.value);
  if (name?.tag === undefined || column === undefined) return undefined;
  for (const [document, { contents }] of trees.entries()) {
    if (!isMap(contents)) continue;
    for (const { mark, node, steps } of places(contents)) {
      const at = lines.linePos(mark.range?.[0] ?? 0);
      if (at.line !== line || at.col !== column || !isScalar(node)) continue;
      const text = node.source ?? String(node.value);
      if (!/^\w[\w.-]*(?:@sha256:[0-9a-f]{64})?$/.test(text) || name.repository.split('/').includes(text)) continue;
      const value = `${name.tag}${name.digest === undefined ? '' : `@${name.digest}`}`;
      return { document, operations: [{ op: 'replace', path: steps, value }] };
    }
  }
  return undefined;
}
