import type { FieldPath } from '../model/field-path.ts';
import { valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import { isArray } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { KustomizeProvenance } from './kustomize-provenance.ts';
import { documentsOf, type NamedFile } from './kustomize-tree.ts';
import { type Identity, readItems } from './objects.ts';

/** What a built resource began as: an object of a file, or an entry that generates it. */
export interface Base {
  readonly file: string;
  readonly object: JsonValue;
  /** The place of a field of that object, or of its nearest parent. */
  locate(path: FieldPath): SourceLocation;
}

const generators = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' } as const;

/** Undefined if no object of the file has the kind, or several may have been renamed to this. `file` is the one that kustomize names. */
export function baseOf(resource: Identity, { generated }: KustomizeProvenance, file: NamedFile | undefined): Base | undefined {
  const documents = file === undefined ? [] : documentsOf(file);
  const found = generated
    ? documents.flatMap((document) => generatorsIn(document.value, resource.kind).map((one) => ({ ...one, document })))
    : documents.flatMap((document) =>
        readItems(document)
          .items.filter(({ identity }) => identity.kind === resource.kind)
          .map(({ identity, path }) => ({ ...identity, path, document })),
      );
  const exact = found.filter(({ apiVersion }) => apiVersion === resource.apiVersion);
  const alike = exact.length > 0 ? exact : found;
  const named = alike.filter(({ name }) => resource.name.includes(name)).toSorted((a, b) => b.name.length - a.name.length);
  const [one] = named.length > 0 ? named : alike.length === 1 ? alike : [];
  if (one === undefined || file === undefined) return undefined;
  return { file: file.file, object: one.object, locate: (path) => one.document.locate([...one.path, ...path]) };
}

function generatorsIn(kustomization: JsonValue, kind: string) {
  const key = kind === 'ConfigMap' || kind === 'Secret' ? generators[kind] : undefined;
  const entries = key === undefined ? undefined : valueAt(kustomization, [key]);
  if (key === undefined || !isArray(entries)) return [];
  return entries.map((entry, index) => {
    const name = String(valueAt(entry, ['name']) ?? '');
    // The name is the only field that the entry and its resource share.
    return { apiVersion: 'v1', name, object: { metadata: { name } }, path: [key, index] };
  });
}
