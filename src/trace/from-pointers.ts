import path from 'node:path';
import type { RenderedField } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import { addTo } from '../model/group.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import { isBlockScalar } from '../render/pointer-document.ts';
import type { Provenance } from '../render/provenance.ts';

type Places = Map<Resource, Map<string, SourceLocation>>;
type Trace = (pointers: readonly Resource[], fields: ReadonlyMap<string, readonly FieldPath[]>) => Promise<readonly Resource[]>;

/** Fields that a pointer sets which was itself rendered: they are where the field of the pointer is written. Changes `places`. */
export async function resolvePointers(
  places: Places,
  trace: Trace,
  resources: readonly Resource[],
  provenance: ReadonlyMap<string, Provenance>,
): Promise<void> {
  const open = [...places.values()].flatMap((own) =>
    [...own].flatMap(([key, place]) => (place.from === undefined ? [] : [{ own, key, place, from: place.from }])),
  );
  if (open.length === 0) return;
  const byProvenance = new Map<object, Resource>();
  for (const resource of resources) {
    const known = provenance.get(resource.uid);
    if (known !== undefined) byProvenance.set(known, resource);
  }
  const wanted = new Map<string, FieldPath[]>();
  for (const { from } of open) {
    const pointer = byProvenance.get(from.provenance);
    if (pointer !== undefined) addTo(wanted, pointer.uid, from.path);
  }
  const traced = await trace(resources, wanted);
  const byUid = new Map(traced.map((resource) => [resource.uid, resource]));
  for (const { own, key, place, from } of open) {
    const { from: _traced, ...untraced } = place;
    const uid = byProvenance.get(from.provenance)?.uid ?? '';
    const [pointer, known] = [byUid.get(uid), provenance.get(uid)];
    const found = pointer?.origin.locate(from.path);
    own.set(key, found === undefined || known === undefined ? untraced : await inText(found, from, known));
  }
}

/** The line of a text that is written as a block scalar. */
async function inText(place: SourceLocation, { line }: RenderedField, known: Provenance): Promise<SourceLocation> {
  if (line === undefined || place.precision !== 'field') return place;
  const { config, context } = known.kind === 'helm' ? known.release : known.build;
  const text = await context.ports.files.readText(path.join(config.workspace, place.file)).catch(() => '');
  const isBlock = isBlockScalar(text.split('\n')[place.line - 1] ?? '');
  return isBlock ? { ...place, line: place.line + line } : place;
}
