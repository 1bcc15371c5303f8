import { isMap, type Node } from 'yaml';
import type { Place, Target } from './locate.ts';
import { child, places, type Source, type Steps } from './source.ts';
import type { Operation } from './value.ts';

/**
 * Operations on a values file that a chart copies into the field of a finding. A template may compute with a value, so the caller has to judge the
 * result. Undefined if the place is not a field that the operations are below.
 */
export function locateInValues(
  operations: readonly Operation[],
  subject: Steps,
  place: Place,
  source: Source,
): Target | undefined {
  for (const [document, { contents }] of source.trees.entries()) {
    if (!isMap(contents) || child(contents, 'kind') !== undefined) continue;
    const own = stepsTo(contents, place, source);
    if (own === undefined) continue;
    const moved = operations.map((operation): Operation | undefined => {
      // A field that is missing is reported at its nearest parent, to which an operation adds it.
      const base = place.precision === 'field' ? subject : operation.path.slice(0, -1);
      const isBelow = base.every((step, index) => operation.path[index] === step && subject[index] === step);
      return isBelow ? { ...operation, path: [...own, ...operation.path.slice(base.length)] } : undefined;
    });
    if (moved.every((operation) => operation !== undefined)) return { document, operations: moved };
  }
  return undefined;
}

function stepsTo(root: Node, { line, column }: Place, { lines }: Source): Steps | undefined {
  if (column === undefined) return undefined;
  for (const { mark, steps } of places(root)) {
    const at = lines.linePos(mark.range?.[0] ?? 0);
    if (at.line === line && at.col === column) return steps;
  }
  return undefined;
}
