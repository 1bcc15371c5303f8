import { isArray, isObject, type JsonValue } from './json.ts';

/** Where a field stands in one resource, from its root: `['spec', 'containers', 0, 'image']`. Empty means the resource itself. */
export type FieldPath = readonly (string | number)[];

/** `spec.containers[0].image`; a key that is no plain name is bracketed and quoted: `metadata.annotations["a/b"]`. */
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
 * Reads a dotted path: what formatPath writes, and the spellings engines use (`spec.containers.0.image`,
 * `/spec/containers/0/image/`). Never throws: an unreadable rest ends the path, which then names a parent.
 */
export function parsePath(text: string): FieldPath {
  if (text.startsWith('/')) {
    return text
      .split('/')
      .filter((step) => step !== '')
      .map((step) => toStep(step.replaceAll('~1', '/').replaceAll('~0', '~')));
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

function toStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step;
}

/** The value at a path, or undefined where a step is missing. */
export function valueAt(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  let current = value;
  for (const step of path) {
    if (isArray(current)) current = typeof step === 'number' ? current[step] : undefined;
    else if (isObject(current)) current = Object.hasOwn(current, String(step)) ? current[String(step)] : undefined;
    else return undefined;
  }
  return current;
}
