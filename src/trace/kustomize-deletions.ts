import { type FieldPath, pointerSteps, valueAt } from '../model/field-path.ts';
import { isArray, isObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { translate } from '../render/kustomize-match.ts';
import type { Build } from '../render/provenance.ts';
import { existing, fieldsOf } from './fields.ts';
import { type BuildAgain, type KustomizeField, keysOf } from './kustomize-builds.ts';
import { editedFiles, type RawSource, type Source } from './kustomize-sources.ts';

/** Builds without what may have deleted a field, one candidate at a time. */
const maxCandidates = 4;

export async function findDeletions<F extends KustomizeField>(
  fields: readonly F[],
  sources: readonly (Source | RawSource)[],
  build: Build,
  again: BuildAgain,
): Promise<ReadonlyMap<F, SourceLocation>> {
  const found = new Map<F, SourceLocation>();
  const keys = keysOf(
    build.arrived.map(({ resource }) => resource),
    String,
  );
  const candidates = new Map<string, { readonly edit: Deletion; readonly asked: F[] }>();
  for (const asked of fields) {
    const { object } = asked.arrived.resource;
    const missing = asked.field[existing(object, asked.field).length];
    if (typeof missing !== 'string') continue;
    for (const edit of sources.flatMap((source) => deletionsOf(source, missing)).slice(-maxCandidates)) {
      const key = `${edit.place.file}:${edit.place.line}`;
      candidates.set(key, { edit, asked: [...(candidates.get(key)?.asked ?? []), asked] });
    }
  }
  for (const { edit, asked } of candidates.values()) {
    const built = await again(editedFiles([{ ...edit, value: undefined }]), String);
    for (const one of asked) {
      const { object } = one.arrived.resource;
      const other = built?.get(keys[build.arrived.indexOf(one.arrived)] ?? '');
      const parent = existing(object, one.field);
      const there = other === undefined ? undefined : translate(object, other, parent);
      const step = one.field[parent.length];
      if (there !== undefined && step !== undefined && valueAt(other, [...there, step]) !== undefined) found.set(one, edit.place);
    }
  }
  return found;
}

interface Deletion {
  readonly source: Source;
  readonly document: number;
  readonly path: FieldPath;
  readonly place: SourceLocation;
}

/** Where a patch may delete a field of this name: `null`, `$patch: delete` or an operation. */
function deletionsOf(source: Source | RawSource, name: string): readonly Deletion[] {
  if (!('documents' in source) || source.role !== 'patch') return [];
  return source.documents.flatMap(({ value: root, locate: placeOf }, document) =>
    fieldsOf(root).flatMap(({ path, value }): readonly Deletion[] => {
      const deletion = (at: FieldPath) => [{ source, document, path, place: placeOf(at) }];
      if (isArray(root)) {
        const pointer = valueAt(value, ['path']);
        const isRemoval = path.length === 1 && valueAt(value, ['op']) === 'remove' && typeof pointer === 'string';
        const last = isRemoval ? pointerSteps(pointer).at(-1) : undefined;
        return last === name ? deletion([...path, 'path']) : [];
      }
      if (path.at(-1) !== name) return [];
      if (value === null) return deletion(path);
      return isObject(value) && value.$patch === 'delete' ? deletion([...path, '$patch']) : [];
    }),
  );
}
