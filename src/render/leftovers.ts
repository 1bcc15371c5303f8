import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { valueAt } from '../model/field-path.ts';
import { type GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Leftover, PlainSource, SourceDocument } from '../model/source-set.ts';
import { podSpecPath } from '../model/workloads.ts';
import type { Files } from '../ports/ports.ts';
import { readManifests } from '../yaml/manifests.ts';
import { type Identity, readItems } from './objects.ts';

export interface LeftoversRead {
  readonly plain: readonly PlainSource[];
  readonly failures: readonly GateError[];
}

/**
 * Files that are a chart's or kustomization's by name or place, and of which nothing was rendered: whoever applies the folder applies them.
 * What is no manifest there (values, templates, patches) needs no mention.
 * @param rendered.from Files that something was rendered from.
 * @param rendered.isReported The chart or kustomization of a file failed: why is known.
 */
export async function readLeftovers(
  leftovers: readonly Leftover[],
  rendered: { readonly from: ReadonlySet<string>; readonly isReported: (file: string) => boolean },
  { workspace }: Pick<GateConfig, 'workspace'>,
  files: Files,
): Promise<LeftoversRead> {
  const { from, isReported } = rendered;
  const plain: PlainSource[] = [];
  const failures: GateError[] = [];
  for (const { file, isPatch } of uniqueOf(leftovers)) {
    if (from.has(file) || !/\.(?:ya?ml|json)$/i.test(file)) continue;
    if ((await files.stat(path.join(workspace, file)))?.kind !== 'file') continue;
    const text = await files.readText(path.join(workspace, file));
    try {
      const read = readManifests({ file, text });
      const documents = read.documents.filter((document) => !isTemplate(document) && !(isPatch && isPartial(document)));
      if (documents.length > 0) plain.push({ path: file, documents });
    } catch (thrown) {
      // A template that no release renders is not YAML: nobody can apply it as it is.
      if (!/\{\{/.test(text) && !isReported(file)) failures.push(toGateError(thrown));
    }
  }
  return { plain, failures };
}

/** A file that is a resource of one kustomization and a patch of another is judged as a whole. */
function uniqueOf(leftovers: readonly Leftover[]): readonly Leftover[] {
  return [
    ...new Map(
      leftovers.toSorted((one, other) => Number(other.isPatch) - Number(one.isPatch)).map((one) => [one.file, one]),
    ).values(),
  ];
}

/** An object that is named by a template, or whose every image is, can't be created as it is. */
function isTemplate(document: SourceDocument): boolean {
  const { items } = readItems(document);
  return items.length > 0 && items.every(({ identity }) => isTemplated(identity.name) || imagesAreTemplated(identity));
}

function imagesAreTemplated(identity: Identity): boolean {
  const images = containersOf(identity).map((container) => (isObject(container) ? container.image : undefined));
  return images.length > 0 && images.every(isTemplated);
}

function isTemplated(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Part of a workload, as a strategic merge patch is: the API server would refuse it. */
function isPartial(document: SourceDocument): boolean {
  const { items } = readItems(document);
  return items.every(({ identity }) => {
    if (podSpecPath(identity) === undefined) return false;
    const containers = containersOf(identity);
    const isWhole =
      containers.length > 0 && containers.every((container) => isObject(container) && typeof container.image === 'string');
    const lacksSelector = needSelector.has(identity.kind) && valueAt(identity.object, ['spec', 'selector']) === undefined;
    return !isWhole || lacksSelector;
  });
}
const needSelector = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

function containersOf(identity: Identity): readonly JsonValue[] {
  const spec = podSpecPath(identity);
  const containers = spec === undefined ? undefined : valueAt(identity.object, [...spec, 'containers']);
  return isArray(containers) ? containers : [];
}
