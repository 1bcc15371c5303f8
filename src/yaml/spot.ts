import type { FieldPath } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';

/** Where a node is: its key in a map, else itself. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly parts?: ReadonlyMap<string, Spot> | readonly Spot[];
}
/** A node with its value. */
export interface Part {
  readonly value: JsonValue;
  readonly spot: Spot;
}

/** The same node, pointed at by its key. */
export function placedAs({ endLine, parts }: Spot, line: number, column: number): Spot {
  return parts === undefined ? { line, column, endLine } : { line, column, endLine, parts };
}

export function locateSpot(root: Spot, path: FieldPath, file: string): SourceLocation {
  let spot = root;
  for (const step of path) {
    const found = child(spot, step);
    if (found === undefined) return { file, line: spot.line, column: spot.column, endLine: spot.endLine, precision: 'parent' };
    spot = found;
  }
  return { file, line: spot.line, column: spot.column, endLine: spot.endLine, precision: 'field' };
}

function child({ parts }: Spot, step: string | number): Spot | undefined {
  if (parts === undefined) return undefined;
  if ('get' in parts) return parts.get(String(step));
  return typeof step === 'number' ? parts[step] : undefined;
}
