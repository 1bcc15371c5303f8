import { type FieldPath, formatPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import type { Journey } from './kustomize-journey.ts';
import { same } from './kustomize-match.ts';
import type { Written } from './kustomize-step.ts';
import type { Identity } from './objects.ts';

/** Fields whose cause was found by building without it: formatted path -> its place. */
export type Proven = ReadonlyMap<string, SourceLocation>;

/**
 * A field is where its last writer writes it: the base, or the patch, image, label … of the outermost kustomization that sets it, held
 * against the value that it has in the end. A map is where it first came to be, or was last written whole. What nothing here explains is
 * where a build without it proves it to be, else at the nearest part that is certain.
 */
export function kustomizeOrigin(resource: Identity, journey: Journey | undefined, proven: Proven, own: SourceLocation): Origin {
  if (journey === undefined) return { locate: () => own };
  return { locate: (path) => locate(resource, journey, proven, path) };
}

/** The scalars of a resource that no step explains. */
export function unexplained(resource: Identity, journey: Journey): readonly FieldPath[] {
  return scalarsOf(resource.object, []).filter((path) => {
    const now = valueAt(resource.object, path);
    return now !== null && !explains(replay(resource, journey, path), now, path);
  });
}

function locate(resource: Identity, journey: Journey, proven: Proven, path: FieldPath): SourceLocation {
  const { object } = resource;
  if (path.length === 0) return journey.base.locate([]);
  const there = path.findIndex((_step, index) => valueAt(object, path.slice(0, index + 1)) === undefined);
  if (there !== -1) {
    const missing = path.slice(0, there + 1);
    const deleted = replay(resource, journey, missing);
    if (deleted !== undefined && deleted.value === undefined) return deleted.place;
    return { ...locate(resource, journey, proven, path.slice(0, there)), precision: 'parent' };
  }
  const now = valueAt(object, path);
  const place = isObject(now) || isArray(now) ? ofWhole(journey, path, now) : ofScalar(resource, journey, proven, path, now);
  return place ?? { ...locate(resource, journey, proven, path.slice(0, -1)), precision: 'parent' };
}

function ofScalar(
  resource: Identity,
  journey: Journey,
  proven: Proven,
  path: FieldPath,
  now: JsonValue | undefined,
): SourceLocation | undefined {
  const last = replay(resource, journey, path);
  if (explains(last, now, path)) return last?.place;
  return proven.get(formatPath(path)) ?? (last?.value === undefined ? undefined : { ...last.place, precision: 'parent' });
}

function ofWhole({ base, steps }: Journey, path: FieldPath, now: JsonValue): SourceLocation | undefined {
  const first = base.read(path, now);
  let creator = first;
  let whole = first;
  for (const { step, target } of steps) {
    const written = step.write(target, path, now, creator);
    if (written?.value === undefined || written.value === null) continue;
    creator ??= written;
    if (same(written.value, now)) whole = written;
  }
  return (whole ?? creator)?.place;
}

/** The value after each step that writes the field. */
function replay({ object }: Identity, { base, steps }: Journey, path: FieldPath): Written | undefined {
  const now = valueAt(object, path);
  let current = base.read(path, now);
  for (const { step, target } of steps) current = step.write(target, path, now, current) ?? current;
  return current;
}

function explains(written: Written | undefined, now: JsonValue | undefined, path: FieldPath): boolean {
  if (written === undefined || written.value === undefined) return false;
  if (same(written.value, now)) return true;
  const { value } = written;
  if (typeof value !== 'string' || typeof now !== 'string' || value === '') return false;
  // A block at the end of a file that has no last line break ends with one here, and without one in kustomize.
  if (value.trimEnd() === now.trimEnd()) return true;
  // A name, or a reference to one, that kustomize put a prefix, suffix or hash around is still where it is written; so is `$(VAR)`.
  if (/name$/i.test(String(path.at(-1))) && now.includes(value)) return true;
  const parts = value.split(/\$\([\w.-]+\)/);
  return parts.length > 1 && now.startsWith(parts[0] ?? '') && now.endsWith(parts.at(-1) ?? '');
}

function scalarsOf(value: JsonValue, path: FieldPath): readonly FieldPath[] {
  if (isArray(value)) return value.flatMap((item, index) => scalarsOf(item, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => scalarsOf(item, [...path, key]));
  return [path];
}
