import path from 'node:path';
import { attempt } from '../model/attempt.ts';
import { isObject } from '../model/json.ts';
import { memoizeByObject } from '../model/memoize.ts';
import { kustomizationNames } from '../model/paths.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import { type KustomizationData, readKustomizationData } from './kustomize-schema.ts';

/** A file that a kustomization names, as text; binary files are left out. Path relative to the workspace. */
export interface NamedFile {
  readonly file: string;
  readonly text: string;
}

/** A kustomization with all that it is built from. */
export interface KustomizeNode extends NamedFile {
  readonly folder: string;
  readonly document: YamlDocument;
  readonly data: KustomizationData;
  /** Its resources: files, and kustomizations below it. */
  readonly parts: readonly (KustomizeNode | NamedFile)[];
  readonly components: readonly KustomizeNode[];
  /** Patches, generators' inputs and the like, as the kustomization writes their paths. */
  readonly files: ReadonlyMap<string, NamedFile>;
  /** Paths of those that are not text, relative to the workspace. */
  readonly binaries: readonly string[];
}

export function isNode(part: KustomizeNode | NamedFile): part is KustomizeNode {
  return 'folder' in part;
}

/** Of files that one kustomization is read from; past it nothing more is read, and fields are located less exactly. */
const maxFiles = 2_000;

/** A kustomization's own file, whichever of its names it has. */
export async function readKustomization(folder: string, workspace: string, files: Files): Promise<NamedFile | undefined> {
  for (const name of kustomizationNames) {
    const found = await readNamed(path.posix.join(folder, name), workspace, files);
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function readNamed(file: string, workspace: string, files: Files): Promise<NamedFile | undefined> {
  if (file.startsWith('../') || path.posix.isAbsolute(file)) return undefined;
  const absolute = path.join(workspace, file);
  if ((await files.stat(absolute))?.kind !== 'file') return undefined;
  const text = await files.readText(absolute);
  const before = shared.get(files) ?? new Map<string, NamedFile>();
  shared.set(files, before);
  const known = before.get(absolute);
  if (known?.text === text) return known;
  const named = { file, text };
  before.set(absolute, named);
  return named;
}
/** Kustomizations share their bases, whose documents are parsed once for each object here: CustomResourceDefinitions have megabytes. */
const shared = new WeakMap<Files, Map<string, NamedFile>>();

/** For a kustomization that builds: this only finds lines, so what can't be read is left out. */
export async function readKustomizeTree(folder: string, workspace: string, files: Files): Promise<KustomizeNode | undefined> {
  const known = new Map<string, Promise<KustomizeNode | undefined>>();
  let left = maxFiles;

  async function text(file: string): Promise<NamedFile | undefined> {
    left -= 1;
    return left < 0 ? undefined : readNamed(file, workspace, files);
  }

  async function node(at: string, open: readonly string[]): Promise<KustomizeNode | undefined> {
    // kustomize refuses a cycle; nothing here rests on it.
    if (open.includes(at)) return undefined;
    const before = known.get(at);
    if (before !== undefined) return before;
    const reading = read(at, [...open, at]);
    known.set(at, reading);
    return reading;
  }

  async function read(at: string, open: readonly string[]): Promise<KustomizeNode | undefined> {
    const own = await readKustomization(at, workspace, files);
    if (own === undefined) return undefined;
    const [document] = documentsOf(own);
    if (document === undefined || !isObject(document.value)) return undefined;
    const data = readKustomizationData(document.value);
    const parts: (KustomizeNode | NamedFile)[] = [];
    for (const written of [...(data.resources ?? []), ...(data.bases ?? [])]) {
      const target = path.posix.join(at, written).replace(/\/$/, '');
      const part = (await text(target)) ?? (await node(target, open));
      if (part !== undefined) parts.push(part);
    }
    const components: KustomizeNode[] = [];
    for (const written of data.components ?? []) {
      const part = await node(path.posix.join(at, written).replace(/\/$/, ''), open);
      if (part !== undefined) components.push(part);
    }
    const named = new Map<string, NamedFile>();
    const binaries: string[] = [];
    for (const written of namedFiles(data)) {
      const target = path.posix.join(at, written);
      const found = await text(target).catch(() => void binaries.push(target));
      if (found !== undefined) named.set(written, found);
    }
    return { ...own, folder: at, document, data, parts, components, files: named, binaries };
  }
  return node(path.posix.normalize(folder), []);
}

/** Documents of a file; none where it is not strict YAML, since a transformer may name any file. */
export const documentsOf = memoizeByObject(
  ({ file, text }: NamedFile): readonly YamlDocument[] => attempt(() => parseYaml({ file, text })) ?? [],
);

function namedFiles(data: KustomizationData): readonly string[] {
  const generators = [...(data.configMapGenerator ?? []), ...(data.secretGenerator ?? [])];
  const written = [
    ...(data.patchesStrategicMerge ?? []),
    ...[...(data.patches ?? []), ...(data.patchesJson6902 ?? []), ...(data.replacements ?? [])].map(({ path: one }) => one),
    ...generators.flatMap(({ files, envs, env }) => [
      ...(files ?? []).map((one) => one.slice(one.indexOf('=') + 1)),
      ...(envs ?? []),
      env,
    ]),
    ...(data.transformers ?? []),
    ...(data.generators ?? []),
    ...(data.validators ?? []),
    ...(data.configurations ?? []),
    ...(data.crds ?? []),
    data.openapi?.path,
  ];
  return [...new Set(written.filter((one) => typeof one === 'string' && one !== '' && !one.includes('\n')))].filter(
    (one) => one !== undefined && one !== null,
  );
}
