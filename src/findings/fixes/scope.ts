import type { FieldPath } from '../../model/field-path.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { patchTo } from '../../model/json-patch.ts';
import { containerAt, podSpecAt } from '../../model/pod-paths.ts';

/** Where a finding is: the manifest, the field that the engine named, and what it reported. */
export interface Reported {
  readonly object: JsonObject;
  readonly path: FieldPath;
  /** `trivy/KSV-0017` */
  readonly rule: string;
  readonly title: string;
}

export type Patch = readonly JsonPatchOperation[];

/** How one cause is fixed. Undefined if there is no fix that is right for every reader of the manifest. */
export interface Fixer {
  /** What the fix does; the rule's own text takes precedence. */
  readonly text: string;
  readonly patch: (reported: Reported) => Patch | undefined;
}

export function containerOf({ path }: Pick<Reported, 'path'>): FieldPath | undefined {
  return containerAt(path);
}

export function podOf({ object }: Pick<Reported, 'object'>): FieldPath | undefined {
  return podSpecAt(object);
}

/** Metadata of the pods, next to their spec. */
export function podMetadataOf(reported: Pick<Reported, 'object'>): FieldPath | undefined {
  const pod = podOf(reported);
  return pod === undefined ? undefined : [...pod.slice(0, -1), 'metadata'];
}

/** The container, or the pod if the engine named a field of the pod. */
export function containerOrPod(reported: Reported): FieldPath | undefined {
  return containerOf(reported) ?? podOf(reported);
}

/** Sets a field below the container, pod or root that the scope finds. */
export function sets(
  text: string,
  scope: (reported: Reported) => FieldPath | undefined,
  field: FieldPath,
  value: JsonValue,
): Fixer {
  return {
    text,
    patch: (reported) => {
      const base = scope(reported);
      return base === undefined ? undefined : patchTo(value, [...base, ...field], reported.object);
    },
  };
}
