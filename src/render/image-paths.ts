import type { ImagePath } from '../model/config.ts';
import type { FieldPath } from '../model/field-path.ts';
import { valueAt } from '../model/field-path.ts';
import type { ContainerKind } from '../model/image.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';

/** A field that holds, or should hold, an image reference. */
export interface ImageField {
  readonly value: JsonValue;
  readonly path: FieldPath;
  readonly containerKind: ContainerKind;
  readonly container?: string;
}

/** Kind -> where its pod spec stands. */
const podSpecs: Readonly<Record<string, FieldPath>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
};
const builtInGroups = new Set(['', 'apps', 'batch', 'extensions']);
const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

export function imageFields(resource: Resource, configured: readonly ImagePath[]): readonly ImageField[] {
  const { apiVersion, kind } = resource;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const podSpec = builtInGroups.has(group) && Object.hasOwn(podSpecs, kind) ? podSpecs[kind] : undefined;
  const custom = configured.filter((entry) => entry.kind === kind && matchesVersion(entry.apiVersion, apiVersion));
  return [
    ...(podSpec === undefined ? [] : lists.flatMap((list) => containerImages(resource, [...podSpec, list], list))),
    ...custom.flatMap(({ path }) => customImages(resource.object, stepsOf(path), [])),
  ];
}

function containerImages(resource: Resource, at: FieldPath, list: (typeof lists)[number]): readonly ImageField[] {
  const containers = valueAt(resource.object, at);
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
    return [{ value: image, path: [...at, index, 'image'], containerKind, ...(typeof name === 'string' && { container: name }) }];
  });
}

/** `tekton.dev/*` means every version of the group. */
function matchesVersion(wanted: string, apiVersion: string): boolean {
  return wanted.endsWith('/*') ? apiVersion.startsWith(wanted.slice(0, -1)) : wanted === apiVersion;
}

/** `spec.steps[*].image` -> spec, steps, *, image; a quoted key may hold a dot: `metadata.annotations["a.b/c"]`. */
function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\[\*\]|\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)].map(([, index, quoted, plain]) =>
    index !== undefined ? Number(index) : (quoted ?? plain ?? '*'),
  );
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
