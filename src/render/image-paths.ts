import type { ImagePath } from '../model/config.ts';
import type { FieldPath } from '../model/field-path.ts';
import { valueAt } from '../model/field-path.ts';
import { stepsOf } from '../model/field-pattern.ts';
import type { ContainerKind } from '../model/image.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { knownKind } from '../model/known-kinds.ts';
import { ownerPath } from '../model/pod-template.ts';
import { podTemplates } from '../model/pod-templates.ts';
import type { Resource } from '../model/resource.ts';
import { podSpecPath } from '../model/workloads.ts';

/** A field that holds, or should hold, an image reference. */
export interface ImageField {
  readonly value: JsonValue;
  readonly path: FieldPath;
  readonly containerKind: ContainerKind;
  readonly container?: string;
}

const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Images of a workload, of the pods that a custom resource has templates of, of well-known kinds and of the configuration's paths. */
export function imageFields(resource: Resource, configured: readonly ImagePath[]): readonly ImageField[] {
  const { apiVersion, kind, object } = resource;
  const podSpec = podSpecPath(resource);
  if (podSpec !== undefined && configured.length === 0)
    return podImages(valueAt(object, podSpec), (field) => [...podSpec, ...field]);
  const custom = configured.filter((entry) => entry.kind === kind && matchesVersion(entry.apiVersion, apiVersion));
  const paths = [...(knownKind(resource)?.images ?? []), ...custom.map(({ path }) => path)];
  const fields = [
    ...(podSpec === undefined ? [] : podImages(valueAt(object, podSpec), (field) => [...podSpec, ...field])),
    ...podTemplates(resource).templates.flatMap((template) =>
      podImages(template.spec, (field) => ownerPath(template, ['spec', ...field]).path),
    ),
    ...paths.flatMap((path) => customImages(object, stepsOf(path), [])),
  ];
  if (fields.length === 0) return fields;
  return [...new Map(fields.toReversed().map((field) => [JSON.stringify(field.path), field])).values()].toReversed();
}

/** @param at A field of the pod's spec -> of the resource */
function podImages(spec: JsonValue | undefined, at: (field: FieldPath) => FieldPath): readonly ImageField[] {
  if (!isObject(spec)) return [];
  return [...lists.flatMap((list) => containerImages(spec, list, at)), ...volumeImages(spec, at)];
}

function containerImages(
  spec: JsonObject,
  list: (typeof lists)[number],
  at: (field: FieldPath) => FieldPath,
): readonly ImageField[] {
  const containers = spec[list];
  if (!isArray(containers)) return [];
  return containers.flatMap((container, index): readonly ImageField[] => {
    if (!isObject(container) || container.image === undefined) return [];
    const { name, image, restartPolicy } = container;
    const containerKind =
      list === 'containers'
        ? 'container'
        : list === 'ephemeralContainers'
          ? 'ephemeral'
          : restartPolicy === 'Always'
            ? 'sidecar'
            : 'init';
    return [
      { value: image, path: at([list, index, 'image']), containerKind, ...(typeof name === 'string' && { container: name }) },
    ];
  });
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/ */
function volumeImages({ volumes }: JsonObject, at: (field: FieldPath) => FieldPath): readonly ImageField[] {
  if (!isArray(volumes)) return [];
  return volumes.flatMap((volume, index): readonly ImageField[] => {
    const field: FieldPath = ['image', 'reference'];
    const value = valueAt(volume, field);
    return value === undefined ? [] : [{ value, path: at(['volumes', index, ...field]), containerKind: 'volume' }];
  });
}

/** `tekton.dev/*` means every version of the group. */
function matchesVersion(wanted: string, apiVersion: string): boolean {
  return wanted.endsWith('/*') ? apiVersion.startsWith(wanted.slice(0, -1)) : wanted === apiVersion;
}

function customImages(value: JsonValue | undefined, steps: readonly (string | number)[], at: FieldPath): readonly ImageField[] {
  const [step, ...rest] = steps;
  if (value === undefined || value === null) return [];
  if (step === undefined) return [{ value, path: at, containerKind: 'custom' }];
  if (step === '*') {
    const entries: readonly (readonly [string | number, JsonValue])[] = isArray(value)
      ? value.map((item, index) => [index, item])
      : isObject(value)
        ? Object.entries(value)
        : [];
    return entries.flatMap(([key, item]) => customImages(item, rest, [...at, key]));
  }
  return customImages(valueAt(value, [step]), rest, [...at, step]);
}
