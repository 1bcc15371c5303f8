import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Resource } from '../model/resource.ts';

/** Errors that are about a field, at the place that its resource has for it now. */
export function placedErrors(resources: readonly Resource[]): {
  readonly inSet: (set: ManifestSet) => ManifestSet;
  readonly inRuns: (runs: readonly EngineRun[]) => readonly EngineRun[];
} {
  const byUid = new Map(resources.map((resource) => [resource.uid, resource]));
  const placed = (error: GateError): GateError => {
    const { field } = error.details;
    const resource = byUid.get(field?.resource ?? '');
    if (field === undefined || resource === undefined) return error;
    const { column: _column, ...details } = error.details;
    const { file, line, column } = resource.origin.locate(field.path);
    return new GateError(error.code, { ...details, file, line, ...(column !== undefined && { column }) });
  };
  return {
    inSet: (set) => ({
      ...set,
      resources,
      failures: set.failures.map(placed),
      images: set.images.map((image) =>
        image.unresolved === undefined
          ? image
          : { ...image, unresolved: { ...image.unresolved, error: placed(image.unresolved.error) } },
      ),
    }),
    inRuns: (runs) =>
      runs.map((run) => {
        if (run.status !== 'completed' || run.coverage.every(({ status }) => status !== 'failed')) return run;
        const coverage = run.coverage.map((entry) =>
          entry.status === 'failed' ? { ...entry, error: placed(entry.error) } : entry,
        );
        return { ...run, coverage };
      }),
  };
}
