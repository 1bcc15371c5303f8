import type { Overrides, Substitutions } from '../gitops/deployable.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { PlacedPatch } from './component-patches.ts';
import type { NamedFile } from './kustomize-tree.ts';
import { type Change, lineInPatch } from './patch-fields.ts';
import type { Setting } from './pointer-places.ts';

/** What a pointer changes in what it deploys, in one go. */
export interface Step {
  readonly overrides: Overrides;
  /** Patches that are files of the repository, by their index. */
  readonly patchFiles?: ReadonlyMap<number, NamedFile>;
  /** Those of components that the pointer adds. */
  readonly componentPatches?: readonly PlacedPatch[];
  readonly substitutions?: Substitutions;
}

/** Where the pointer sets a field that it has changed; undefined if it is not known, or the field is as it was. */
export function setterOf(steps: readonly Step[], change: Change): Setting | undefined {
  const [now, before] = [valueAt(change.now, change.path), valueAt(change.before, change.path)];
  if (now === undefined ? before === undefined : before !== undefined && stringifyJson(now) === stringifyJson(before))
    return undefined;
  const last = steps.toReversed();
  for (const step of last) {
    const found = bySubstitution(step, before) ?? byField(step, change);
    if (found !== undefined) return found;
  }
  // Nothing else explains the change.
  const at = last.map(({ overrides: { components, patches } }) => components?.at ?? patches?.at).find((one) => one !== undefined);
  return at === undefined ? undefined : { at };
}

function bySubstitution({ substitutions }: Step, before: JsonValue | undefined): Setting | undefined {
  const variable = /\$\{([A-Za-z_]\w*)/.exec(typeof before === 'string' ? before : '')?.[1];
  const found = variable === undefined ? undefined : substitutions?.values[variable];
  return found === undefined ? undefined : { at: found.at, ...(found.of !== undefined && { of: found.of }) };
}

/** In the order in which kustomize applies them, the last first. */
function byField(step: Step, change: Change): Setting | undefined {
  const { overrides } = step;
  const at = byImage(overrides, change) ?? byReplicas(overrides, change) ?? byMap(overrides, change) ?? byName(overrides, change);
  return at === undefined ? (byPatch(step, change) ?? byComponent(step, change)) : { at };
}

function byComponent({ componentPatches = [] }: Step, change: Change): Setting | undefined {
  for (const { text, place } of componentPatches.toReversed()) {
    const line = lineInPatch(text, change);
    if (line !== undefined) return place(line);
  }
  return undefined;
}

/** The part of an entry that decides: the digest or tag, else the new name. */
function byImage({ images }: Overrides, { path, before, now }: Change): FieldPath | undefined {
  const [image, was] = [valueAt(now, path), valueAt(before, path)];
  if (images === undefined || typeof image !== 'string' || !isArray(images.value)) return undefined;
  const names = new Set([nameOf(image), ...(typeof was === 'string' ? [nameOf(was)] : [])]);
  const index = images.value.findLastIndex(
    (entry) => isObject(entry) && sets(entry, image) && [entry.name, entry.newName].some((name) => names.has(String(name))),
  );
  const entry = images.value[index];
  if (!isObject(entry)) return undefined;
  const field = ['digest', 'newTag', 'newName'].find((one) => entry[one] !== undefined) ?? 'name';
  return [...images.at, index, field];
}

function sets({ newName, newTag, digest }: JsonObject, image: string): boolean {
  const ends = [
    newTag === undefined || newTag === '*' ? '' : `:${String(newTag)}`,
    digest === undefined || digest === '*' ? '' : `@${String(digest)}`,
  ];
  return image.endsWith(ends.join('')) && (newName === undefined || newName === '*' || nameOf(image) === newName);
}

function nameOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function byReplicas({ replicas }: Overrides, { path, before }: Change): FieldPath | undefined {
  if (replicas === undefined || path.at(-1) !== 'replicas' || !isArray(replicas.value)) return undefined;
  const name = valueAt(before, ['metadata', 'name']);
  const index = replicas.value.findLastIndex((entry) => isObject(entry) && entry.name === name);
  return index === -1 ? undefined : [...replicas.at, index, 'count'];
}

/** A label or annotation is at its own line of the pointer. */
function byMap(overrides: Overrides, { path, now }: Change): FieldPath | undefined {
  const [map, key] = path.slice(-2);
  const value = valueAt(now, path);
  const { commonAnnotations, commonLabels, labels } = overrides;
  const maps = [
    { at: commonAnnotations?.at, pairs: commonAnnotations?.value },
    { at: commonLabels?.at, pairs: commonLabels?.value },
    ...pairsOf(labels?.value).map((pairs) => ({ at: labels?.at, pairs })),
  ];
  for (const { at, pairs } of maps) {
    if (at === undefined || !isObject(pairs)) continue;
    if (typeof key === 'string' && Object.hasOwn(pairs, key) && String(pairs[key]) === String(value)) return [...at, key];
    const isWhole = isObject(value) && Object.keys(pairs).every((one) => Object.hasOwn(value, one));
    if (isWhole && map !== undefined) return at;
  }
  return undefined;
}

function pairsOf(labels: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  return isArray(labels) ? labels.map((entry) => (isObject(entry) ? entry.pairs : undefined)) : [];
}

function byName({ namespace, namePrefix, nameSuffix }: Overrides, { path, now }: Change): FieldPath | undefined {
  const value = valueAt(now, path);
  if (typeof value !== 'string') return undefined;
  if (namespace !== undefined && path.at(-1) === 'namespace' && value === namespace.value) return namespace.at;
  if (namePrefix !== undefined && value.startsWith(String(namePrefix.value))) return namePrefix.at;
  if (nameSuffix !== undefined && value.endsWith(String(nameSuffix.value))) return nameSuffix.at;
  return undefined;
}

function byPatch({ overrides: { patches }, patchFiles }: Step, change: Change): Setting | undefined {
  if (patches === undefined || !isArray(patches.value)) return undefined;
  for (const [index, patch] of [...patches.value.entries()].toReversed()) {
    const file = patchFiles?.get(index);
    const text = file?.text ?? (isObject(patch) && typeof patch.patch === 'string' ? patch.patch : undefined);
    const line = text === undefined ? undefined : lineInPatch(text, change);
    if (line === undefined) continue;
    if (file !== undefined) return { file: file.file, line };
    return { at: [...patches.at, index, 'patch'], line };
  }
  return undefined;
}
