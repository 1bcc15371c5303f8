import type { FieldPath } from '../../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** Text of a resource that is encoded in its canonical file. */
export interface HiddenText {
  readonly path: FieldPath;
  readonly text: string | Uint8Array;
}

/**
 * Text that a secret scanner would miss in a canonical file: multi-line strings (written on one line with escapes), and the base64 values of
 * a Secret.
 */
export function hiddenTexts(resource: Resource): readonly HiddenText[] {
  return [...longStrings(resource.object, []), ...(resource.kind === 'Secret' ? secretData(resource) : [])];
}

function longStrings(value: JsonValue, path: FieldPath): readonly HiddenText[] {
  if (typeof value === 'string') return value.includes('\n') ? [{ path, text: value }] : [];
  if (isArray(value)) return value.flatMap((item, index) => longStrings(item, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => longStrings(item, [...path, key]));
  return [];
}

function secretData(resource: Resource): readonly HiddenText[] {
  const data = resource.object.data;
  if (!isObject(data)) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ path: ['data', key], text: Buffer.from(value, 'base64') }] : [],
  );
}
