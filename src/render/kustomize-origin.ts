import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import type { KustomizeFiles } from './kustomize-files.ts';
import { type Identity, readItems } from './objects.ts';

/** A place where the resource, or a part of it, is written. */
interface Candidate {
  readonly value: JsonValue;
  readonly locate: (path: FieldPath) => SourceLocation;
}

/**
 * A field is where a patch writes the value it has in the end, the outermost patch first; else where the base writes it. What
 * kustomize itself makes (a prefix, a namespace) is at the nearest parent in the base, or at the kustomization.
 */
export function kustomizeOrigin(resource: Identity, base: readonly YamlDocument[], own: KustomizeFiles): Origin {
  const patches = own.patches.filter((document) => isPatchFor(document.value, resource)).map(whole);
  const origin = baseOf(resource, base);
  const candidates = origin === undefined ? patches : [...patches, origin];
  return {
    locate(path) {
      for (const { value, locate } of candidates) {
        const there = translate(resource.object, value, path);
        if (
          there !== undefined &&
          (path.length === 0 ? value === origin?.value : same(valueAt(value, there), valueAt(resource.object, path)))
        ) {
          return locate(there);
        }
      }
      if (path.length === 1 && path[0] === 'metadata' && origin !== undefined) return origin.locate(path);
      const namespace =
        path.length === 2 && path[0] === 'metadata' && path[1] === 'namespace' ? own.document?.locate(['namespace']) : undefined;
      if (namespace?.precision === 'field') return namespace;
      return nearest(resource, path, candidates, origin) ?? { file: own.file, line: own.document?.line ?? 1, precision: 'file' };
    },
  };
}

/** The deepest part of the path that the base (or, without one, a patch) has. */
function nearest(
  resource: Identity,
  path: FieldPath,
  candidates: readonly Candidate[],
  origin: Candidate | undefined,
): SourceLocation | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const prefix = path.slice(0, length);
    for (const candidate of [...(origin === undefined ? [] : [origin]), ...candidates]) {
      const there = translate(resource.object, candidate.value, prefix);
      if (there === undefined) continue;
      const place = candidate.locate(there);
      return length === path.length ? place : { ...place, precision: 'parent' };
    }
  }
  return undefined;
}

/** The same field in another copy: list items are found by their name, as a strategic merge does. Undefined where it is not there. */
function translate(from: JsonValue, to: JsonValue, path: FieldPath): FieldPath | undefined {
  const there: (string | number)[] = [];
  let [left, right]: readonly (JsonValue | undefined)[] = [from, to];
  for (const step of path) {
    const item = valueAt(left, [step]);
    const name = typeof step === 'number' && isObject(item) ? item.name : undefined;
    const index =
      name !== undefined && isArray(right) ? right.findIndex((other) => isObject(other) && other.name === name) : step;
    right = valueAt(right, [index]);
    left = item;
    if (right === undefined) return undefined;
    there.push(index);
  }
  return there;
}

/** Parts of a map come from several places: a map counts as written where any of it is. */
function same(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (isObject(one) || isArray(one)) return stringifyJson(one) === stringifyJson(other);
  return one === other;
}

function isPatchFor(value: JsonValue, resource: Identity): boolean {
  if (!isObject(value) || value.kind !== resource.kind || !isObject(value.metadata)) return false;
  return namedLike(resource.name, value.metadata.name);
}

/** Kustomize puts prefixes, suffixes and hashes around names. */
function namedLike(name: string, written: JsonValue | undefined): boolean {
  return typeof written === 'string' && written !== '' && name.includes(written);
}

function whole(document: YamlDocument): Candidate {
  return { value: document.value, locate: document.locate };
}

function baseOf(resource: Identity, documents: readonly YamlDocument[]): Candidate | undefined {
  const found = documents.flatMap((document) =>
    readItems(document).items.map(({ identity, path }) => ({
      identity,
      candidate: { value: identity.object, locate: (field: FieldPath) => document.locate([...path, ...field]) },
    })),
  );
  const alike = found.filter(({ identity }) => identity.kind === resource.kind);
  const named = alike.filter(({ identity }) => namedLike(resource.name, identity.name));
  const best =
    named.find(({ identity }) => identity.name === resource.name) ?? named[0] ?? (alike.length === 1 ? alike[0] : undefined);
  return best?.candidate;
}
