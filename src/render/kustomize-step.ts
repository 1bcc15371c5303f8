import type { FieldPath } from '../model/field-path.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';

/** A resource on its way through the kustomizations, at one step of it. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  /** As it is in the end. */
  readonly object: JsonObject;
  /** The names it has had so far: kustomize lets a patch use any of them. */
  readonly names: readonly string[];
  readonly namespaces: readonly (string | undefined)[];
}

/** What a field holds after a step, and where that stands. An undefined value: the step deletes the field. */
export interface Written {
  readonly value: JsonValue | undefined;
  readonly place: SourceLocation;
}

/** One entry of a kustomization that may change a resource. */
export interface Step {
  /** Paths are those of the finished resource, `now` is the value that it has there. Undefined: the step leaves the field alone. */
  write(target: Target, path: FieldPath, now: JsonValue | undefined, before: Written | undefined): Written | undefined;
  rename?(target: Target, name: string): string;
  readonly namespace?: string;
}
