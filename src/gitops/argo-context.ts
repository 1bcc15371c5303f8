import type { FieldPath } from '../model/field-path.ts';
import type { ArgoSource } from './argo-schema.ts';
import type { Destination, Pointer } from './deployable.ts';
import type { Here } from './here.ts';

/** What a source of an Application is read with. */
export interface ArgoContext {
  readonly application: Pointer;
  readonly destination: Destination;
  /** Field of the source: `spec.source`, `spec.sources[1]`. */
  readonly at: FieldPath;
  /** Other sources of the Application by their `ref`. */
  readonly refs: ReadonlyMap<string, ArgoSource>;
  readonly here: Here;
}
