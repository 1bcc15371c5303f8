import type { EngineRun } from '../model/engine-run.ts';
import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Resource } from '../model/resource.ts';
import type { Provenance } from '../render/provenance.ts';
import { withPlaces } from './trace.ts';

/** What was rendered, and what engines reported. */
interface Examined {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
  readonly provenance: ReadonlyMap<string, Provenance>;
}

/** Locates the fields that are wanted, in the resources and in the errors that are about them. Asked once engines have ended. */
export async function locate<T extends Examined>(
  examined: T,
  wanted: ReadonlyMap<string, readonly FieldPath[]>,
  concurrency: number,
): Promise<T> {
  const { set, runs, provenance } = examined;
  const resources = await withPlaces(set.resources, wanted, provenance, concurrency);
  if (resources === set.resources) return examined;
  const placed = errorPlacer(resources);
  return {
    ...examined,
    set: {
      ...set,
      resources,
      failures: set.failures.map(placed),
      images: set.images.map(({ unresolved, ...image }) =>
        unresolved === undefined ? image : { ...image, unresolved: { ...unresolved, error: placed(unresolved.error) } },
      ),
    },
    runs: runs.map((run) => {
      if (run.status !== 'completed' || run.coverage.every(({ status }) => status !== 'failed')) return run;
      const coverage = run.coverage.map((entry) =>
        entry.status === 'failed' ? { ...entry, error: placed(entry.error) } : entry,
      );
      return { ...run, coverage };
    }),
  };
}

/** An error that is about a field, at the place that its resource has for it now. */
function errorPlacer(resources: readonly Resource[]): (error: GateError) => GateError {
  const byUid = new Map(resources.map((resource) => [resource.uid, resource]));
  return (error) => {
    const { field } = error.details;
    const resource = byUid.get(field?.resource ?? '');
    if (field === undefined || resource === undefined) return error;
    const { column: _column, ...details } = error.details;
    const { file, line, column } = resource.origin.locate(field.path);
    return new GateError(error.code, { ...details, file, line, ...(column !== undefined && { column }) });
  };
}
