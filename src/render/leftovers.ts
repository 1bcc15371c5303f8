import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { valueAt } from '../model/field-path.ts';
import type { Gap } from '../model/gap.ts';
import { type GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Leftover, PlainSource, SourceDocument } from '../model/source-set.ts';
import { podSpecPath } from '../model/workloads.ts';
import type { Files } from '../ports/ports.ts';
import { readManifests } from '../yaml/manifests.ts';
import { type Identity, readItems } from './objects.ts';

export interface LeftoversRead {
  readonly plain: readonly PlainSource[];
  /** A template that nothing was rendered from, and that might be read as a manifest all the same. */
  readonly gaps: readonly Gap[];
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
  const gaps: Gap[] = [];
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
      if (isReported(file)) continue;
      const failure = toGateError(thrown);
      if (text.includes('{{')) gaps.push(unreadable(file, failure));
      else failures.push(failure);
    }
  }
  return { plain, gaps, failures };
}

/** A file that is a resource of one kustomization and a patch of another is judged as a whole. */
function uniqueOf(leftovers: readonly Leftover[]): readonly Leftover[] {
  return [
    ...new Map(
      leftovers.toSorted((one, other) => Number(other.isPatch) - Number(one.isPatch)).map((one) => [one.file, one]),
    ).values(),
  ];
}

/** Braces prove no template: they may be in a comment, and what this gate refuses to read another reader may take. */
function unreadable(file: string, { details }: GateError): Gap {
  return {
    file,
    ...(details.line !== undefined && { line: details.line }),
    subject: `file ${file}`,
    reason: `nothing was rendered from it, and it can't be read as it is: ${details.message}`,
    next: 'Correct it, or exclude it if nobody applies it.',
  };
}

/**
 * An object that is named by a template, or whose every image is, can't be created as it is: the API server refuses the name, and no container
 * starts. Names of RBAC may hold braces. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names
 */
function isTemplate(document: SourceDocument): boolean {
  const { items } = readItems(document);
  const isNamedByTemplate = ({ apiVersion, name }: Identity): boolean =>
    isTemplated(name) && !apiVersion.startsWith('rbac.authorization.k8s.io/');
  return items.length > 0 && items.every(({ identity }) => isNamedByTemplate(identity) || imagesAreTemplated(identity));
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

/** Of each kind: an init container runs before the others are started. */
function containersOf(identity: Identity): readonly JsonValue[] {
  const spec = podSpecPath(identity);
  if (spec === undefined) return [];
  const lists = ['containers', 'initContainers', 'ephemeralContainers'].map((list) => valueAt(identity.object, [...spec, list]));
  return lists.flatMap((list) => (isArray(list) ? list : []));
}
