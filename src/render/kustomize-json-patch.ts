import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { type Match, same } from './kustomize-match.ts';
import type { Step, Target, Written } from './kustomize-step.ts';

/** A patch of operations (RFC 6902), which name list items by position. */
export function jsonPatch(document: YamlDocument, match: (target: Target) => Match): Step {
  const operations = isArray(document.value) ? document.value : [];
  return {
    write(target, path, now) {
      const answer = match(target);
      if (answer === 'no') return undefined;
      for (const [index, operation] of [...operations.entries()].toReversed()) {
        const found = isObject(operation) ? written(document, index, operation, target, path, now) : undefined;
        if (found !== undefined) return answer === 'maybe' && !same(found.value, now) ? undefined : found;
      }
      return undefined;
    },
  };
}

function written(
  document: YamlDocument,
  index: number,
  operation: Readonly<Record<string, JsonValue>>,
  target: Target,
  path: FieldPath,
  now: JsonValue | undefined,
): Written | undefined {
  const pointer = toSteps(operation.path);
  if (pointer === undefined || pointer.length > path.length) return undefined;
  const { op, value } = operation;
  const rest = path.slice(pointer.length);
  if (op === 'remove') {
    const place = document.locate([index, 'path']);
    return now === undefined && rest.length === 0 && isAt(pointer, path) ? { value: undefined, place } : undefined;
  }
  if (op === 'move' || op === 'copy')
    return isAt(pointer, path) ? { value: now, place: document.locate([index, 'path']) } : undefined;
  if ((op !== 'add' && op !== 'replace') || value === undefined) return undefined;
  const inside = valueAt(value, rest);
  if (isAt(pointer, path)) {
    // A map that an operation sets whole lacks what it does not name.
    if (inside === undefined && now === undefined && rest.length === 1)
      return { value: undefined, place: document.locate([index, 'value']) };
    return inside === undefined ? undefined : { value: inside, place: document.locate([index, 'value', ...rest]) };
  }
  // Later patches move items to other positions; then the value tells, where it stands in one item only.
  const moved = inside !== undefined && same(inside, now) && isAtMoved(pointer, path, target.object, now, value);
  return moved ? { value: inside, place: document.locate([index, 'value', ...rest]) } : undefined;
}

function isAt(pointer: readonly string[], path: FieldPath): boolean {
  return pointer.every((step, index) => step === String(path[index]));
}

/** Whether the pointer is this path but for positions, and no other place that it could mean holds the value. */
function isAtMoved(
  pointer: readonly string[],
  path: FieldPath,
  object: JsonValue,
  now: JsonValue | undefined,
  value: JsonValue,
): boolean {
  const moved = new Set(pointer.flatMap((step, index) => (step === String(path[index]) ? [] : [index])));
  if ([...moved].some((index) => typeof path[index] !== 'number' || !/^(?:\d+|-)$/.test(pointer[index] ?? ''))) return false;
  const steps = path.slice(0, pointer.length);
  const places = steps.reduce<readonly JsonValue[]>(
    (found, step, index) => found.flatMap((one) => (moved.has(index) ? itemsOf(one) : present(valueAt(one, [step])))),
    [object],
  );
  const [name, own] = [valueAt(value, ['name']), valueAt(object, steps)];
  // What was added and left as it is tells more than the one field of it that is asked for.
  const alike = places.filter((place) => {
    if (same(own, value)) return same(place, value);
    return same(valueAt(place, path.slice(pointer.length)), now) && same(valueAt(place, ['name']), name);
  });
  return alike.length === 1;
}

function itemsOf(value: JsonValue): readonly JsonValue[] {
  return isArray(value) ? value : [];
}

function present(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value];
}

function toSteps(pointer: JsonValue | undefined): readonly string[] | undefined {
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
