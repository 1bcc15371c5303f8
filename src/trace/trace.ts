import { createSemaphore } from '../model/concurrency.ts';
import { createCounter } from '../model/counter.ts';
import type { FieldPath } from '../model/field-path.ts';
import { addTo } from '../model/group.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin, Resource } from '../model/resource.ts';
import type { Build, Provenance, Release } from '../render/provenance.ts';
import { existing, pathKey } from './fields.ts';
import { resolvePointers } from './from-pointers.ts';
import { type HelmField, traceRelease } from './helm.ts';
import { traceBuild } from './kustomize.ts';
import type { KustomizeField } from './kustomize-builds.ts';

interface Asked {
  readonly resource: Resource;
  readonly path: FieldPath;
}

/**
 * The resources with the exact places of the fields that are wanted: what a tool rendered is rendered again to find them. Other fields keep the
 * place that the text of the sources shows. Releases and kustomizations without a wanted field are not rendered again.
 * @param wanted Fields by the uid of their resource.
 */
export async function withPlaces(
  resources: readonly Resource[],
  wanted: ReadonlyMap<string, readonly FieldPath[]>,
  provenance: ReadonlyMap<string, Provenance>,
  concurrency: number,
): Promise<readonly Resource[]> {
  const places = new Map<Resource, Map<string, SourceLocation>>();
  const put = (resource: Resource, path: FieldPath, place: SourceLocation): void => {
    places.set(resource, (places.get(resource) ?? new Map<string, SourceLocation>()).set(pathKey(path), place));
  };
  const releases = new Map<Release, (Asked & HelmField)[]>();
  const builds = new Map<Build, (Asked & KustomizeField)[]>();
  for (const resource of resources) {
    const known = provenance.get(resource.uid);
    for (const path of wanted.get(resource.uid) ?? []) {
      const fixed = resource.origin.fixed?.(path);
      if (fixed !== undefined) {
        const from = known?.setBy?.(path);
        if (from !== undefined) put(resource, path, { ...fixed, from });
      } else if (known?.kind === 'helm')
        addTo(releases, known.release, { resource, path, line: known.line, field: [...known.at, ...path] });
      else if (known?.kind === 'kustomize') addTo(builds, known.build, { resource, path, arrived: known.arrived, field: path });
    }
  }
  if (releases.size + builds.size + places.size === 0) return resources;
  // Each runs up to two processes.
  const semaphore = createSemaphore(Math.ceil(concurrency / 2));
  const [first] = [...releases.keys(), ...builds.keys()];
  const counter = createCounter(first?.context.ports.log ?? {}, 'locating findings');
  counter.add(releases.size + builds.size);
  const counted = <T>(work: () => Promise<T>): Promise<T> => semaphore(() => work().finally(counter.done));
  const traced = await Promise.all([
    ...[...releases].map(([release, fields]) => counted(() => traceRelease(release, fields, ({ resource }) => resource.origin))),
    ...[...builds].map(([build, fields]) => counted(() => traceBuild(build, fields))),
  ]);
  for (const found of traced) for (const [{ resource, path }, place] of found) put(resource, path, place);
  await resolvePointers(
    places,
    (pointers, fields) => withPlaces(pointers, fields, provenance, concurrency),
    resources,
    provenance,
  );
  return resources.map((resource) => {
    const own = places.get(resource);
    return own === undefined ? resource : { ...resource, origin: originOf(resource, own) };
  });
}

/** A field that is missing is at its nearest parent. */
function originOf({ object, origin }: Resource, places: ReadonlyMap<string, SourceLocation>): Origin {
  return {
    ...origin,
    locate(path) {
      const own = places.get(pathKey(path)) ?? origin.fixed?.(path);
      if (own !== undefined) return own;
      const parent = existing(object, path);
      const place = parent.length === path.length ? undefined : places.get(pathKey(parent));
      return place === undefined ? origin.locate(path) : { ...place, precision: 'parent' };
    },
  };
}
