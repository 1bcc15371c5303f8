import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { isObject, type JsonValue } from '../model/json.ts';
import type { Leftover, PlainSource, SourceDocument } from '../model/source-set.ts';
import type { Files } from '../ports/ports.ts';
import { hasActions } from '../yaml/foreign.ts';
import { readEach } from '../yaml/manifests.ts';
import { type Identity, readItems } from './objects.ts';
import { containersIn, isRefused } from './partial.ts';

export interface LeftoversRead {
  readonly plain: readonly PlainSource[];
  readonly failures: readonly GateError[];
}

/**
 * Files that are a chart's or kustomization's by name or place, and of which nothing was rendered: whoever applies the folder applies them.
 * What is not a manifest there (values, templates, patches) needs no mention.
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
  for (const { file, isPatch, isOwn = false } of uniqueOf(leftovers)) {
    if ((!isOwn && from.has(file)) || !/\.(?:ya?ml|json)$/i.test(file)) continue;
    if ((await files.stat(path.join(workspace, file)))?.kind !== 'file') continue;
    const text = await readText(file, workspace, files).catch((thrown: unknown) => {
      if (!isReported(file)) failures.push(toGateError(thrown));
    });
    if (text === undefined) continue;
    const read = readEach({ file, text }, (part, thrown) => {
      // A template that no release renders is not YAML: nobody can apply it as it is.
      if (!hasActions(part) && !isReported(file)) failures.push(toGateError(thrown));
    });
    const documents = read.documents.filter((document) => !isTemplate(document) && !(isPatch && isPartial(document)));
    if (documents.length > 0) plain.push({ path: file, documents });
  }
  return { plain, failures };
}

/** One that is not text is a failure of its own, at its path in the repository, and ends nothing. */
async function readText(file: string, workspace: string, files: Files): Promise<string> {
  try {
    return await files.readText(path.join(workspace, file));
  } catch (thrown) {
    const { code, details } = toGateError(thrown);
    throw new GateError(code, { ...details, file });
  }
}

/** A file that is a resource of one kustomization and a patch of another is judged as a whole. */
function uniqueOf(leftovers: readonly Leftover[]): readonly Leftover[] {
  const byFile = new Map<string, Leftover>();
  for (const one of leftovers) {
    const { isPatch = true, isOwn = false } = byFile.get(one.file) ?? {};
    byFile.set(one.file, { file: one.file, isPatch: isPatch && one.isPatch, isOwn: isOwn || one.isOwn === true });
  }
  return [...byFile.values()];
}

/** An object that is named by a template can't be created as it is, and one whose every image is can't run. RBAC takes any name. */
function isTemplate(document: SourceDocument): boolean {
  const { items } = readItems(document);
  return items.length > 0 && items.every(({ identity }) => nameIsTemplated(identity) || imagesAreTemplated(identity));
}

function nameIsTemplated({ apiVersion, name }: Identity): boolean {
  return isTemplated(name) && !apiVersion.startsWith('rbac.authorization.k8s.io/');
}

function imagesAreTemplated(identity: Identity): boolean {
  const all = [...containersIn(identity), ...containersIn(identity, 'initContainers')];
  const images = all.map((container) => (isObject(container) ? container.image : undefined));
  return images.length > 0 && images.every(isTemplated);
}

function isTemplated(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Part of an object, as a strategic merge patch is. */
function isPartial(document: SourceDocument): boolean {
  return readItems(document).items.every(({ identity }) => isRefused(identity));
}
