import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isObject, type JsonObject } from '../model/json.ts';

/** Where a field of a pointer is really written, if it is not in that field. */
export type Written =
  | { readonly at: FieldPath }
  /** In a YAML file of the repository. */
  | { readonly file: string; readonly text: string; readonly at: FieldPath }
  /** In YAML that another field holds as text. */
  | { readonly within: FieldPath; readonly text: string; readonly at: FieldPath };

export type WrittenAt = (path: FieldPath) => Written;

/** A map that is merged into what is below `below`, and where its fields are. */
export interface Layer {
  readonly below: FieldPath;
  readonly value: JsonObject;
  readonly place: (at: FieldPath) => Written;
}

/** By the last of the layers that has the field, or a value in the place of one of its parents. What none has is where it was. */
export function writtenIn(layers: readonly Layer[], otherwise: WrittenAt = (at) => ({ at })): WrittenAt {
  return (path) => {
    for (const { below, value, place } of layers.toReversed()) {
      if (!below.every((step, index) => path[index] === step)) continue;
      const rest = path.slice(below.length);
      for (let length = rest.length; length > 0; length -= 1) {
        const found = valueAt(value, rest.slice(0, length));
        if (found === undefined || (isObject(found) && length < rest.length)) continue;
        return place(rest);
      }
    }
    return otherwise(path);
  };
}
