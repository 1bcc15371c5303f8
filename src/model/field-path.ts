import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';

/** The path of a field from the root of a resource: `['spec', 'containers', 0, 'image']`. Empty for the resource itself. */
export type FieldPath = readonly (string | number)[];

/** `spec.containers[0].image`; keys with special characters are bracketed and quoted: `metadata.annotations["a/b"]`. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/**
 * Parses a path: the format of formatPath, and the notations of engines (`spec.containers.0.image`, `/spec/containers/0/image/`). Never
 * throws: an invalid rest is dropped, so that the path refers to a parent.
 */
export function parsePath(text: string): FieldPath {
  if (text.startsWith('/')) {
    return text
      .split('/')
      .filter((step) => step !== '')
      .map((step) => toStep(unescaped(step)));
  }
  const path: (string | number)[] = [];
  for (const match of text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['([^']*)'\]|([^.[\]]+)/g)) {
    const [, index, quoted, single, plain] = match;
    if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(String(JSON.parse(quoted)));
    else path.push(single ?? toStep(plain ?? ''));
  }
  return path;
}

/** RFC 6901. */
export function pointerOf(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps of a JSON pointer, each as text: an index, or a key that may be a number. */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map(unescaped);
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function toStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step;
}

/** The value at a path, or undefined if a step is missing. */
export function valueAt(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  let current = value;
  for (const step of path) {
    if (isArray(current)) current = typeof step === 'number' ? current[step] : undefined;
    else if (isObject(current)) current = Object.hasOwn(current, String(step)) ? current[String(step)] : undefined;
    else return undefined;
  }
  return current;
}

/** An object at a path, or an empty one if there is no object. */
export function objectAt(value: JsonValue | undefined, ...path: FieldPath): JsonObject {
  const found = valueAt(value, path);
  return isObject(found) ? found : {};
}

/** The texts in a list; none if it is not a list. */
export function textsIn(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The objects of a list at a path; none if there is no list. */
export function objectsAt(value: JsonValue | undefined, ...path: FieldPath): readonly JsonObject[] {
  const found = valueAt(value, path);
  return isArray(found) ? found.filter(isObject) : [];
}
