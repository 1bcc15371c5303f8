import type { Field } from './field.ts';

export interface PodPlace {
  /** `metadata` of the pod or of its template. */
  readonly meta: Field;
  readonly spec: Field;
  /** A template is checked less: what the API server completes for a pod only. */
  readonly isPod: boolean;
  /** Volumes that the workload adds. */
  readonly added: readonly string[];
  readonly minor: number;
}

/** The containers of both lists, as most checks of a whole pod see them. */
export function allContainers(spec: Field): readonly Field[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((name) => spec.at(name).items());
}
