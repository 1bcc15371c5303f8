import path from 'node:path';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { readKustomization } from './kustomize-tree.ts';

/** Lists of paths, of maps with a path, and of the inputs of generators. */
const lists = ['resources', 'bases', 'components', 'crds', 'configurations', 'patchesStrategicMerge'];
const pathed = ['patches', 'patchesJson6902', 'replacements'];
const generators = ['configMapGenerator', 'secretGenerator'];
const others =
  `apiVersion kind metadata namespace namePrefix nameSuffix images replicas labels commonLabels commonAnnotations generatorOptions vars
  openapi buildMetadata sortOptions`.split(/\s+/);
/** Without generators, transformers, validators and charts: their own files can name any path. */
const known = new Set([...lists, ...pathed, ...generators, ...others]);
const pathKeys = ['path', 'files', 'envs', 'env'];
/** Kustomizations of one build; past it none is taken for confined. */
const maxFolders = 500;

/**
 * Whether kustomize, without its load restrictor, reads nothing but files of the repository for this kustomization and all that it is built
 * from. Without it, a change could have kustomize read any file of the runner.
 *
 * @param folder Relative to the workspace, as are the folders of the other kustomizations.
 * @param edited Takes the place of the folder's own kustomization.
 */
export async function isConfined(
  folder: string,
  edited: JsonObject | undefined,
  workspace: string,
  files: Files,
): Promise<boolean> {
  const seen = new Set<string>([path.posix.normalize(folder)]);
  for (const one of seen) {
    if (seen.size > maxFolders) return false;
    const value = one === path.posix.normalize(folder) && edited !== undefined ? edited : await valueIn(one, workspace, files);
    const paths = value === undefined ? undefined : pathsIn(value);
    if (paths === undefined) return false;
    for (const written of paths) {
      if (path.isAbsolute(written)) return false;
      const target = path.join(workspace, one, written);
      const inside = target.startsWith(`${workspace}${path.sep}`) ? await files.resolveInside(workspace, target) : undefined;
      if (inside === undefined) return false;
      const { kind } = (await files.stat(path.join(workspace, inside))) ?? {};
      if (kind === 'folder') seen.add(inside === '' ? '.' : inside);
      else if (kind !== 'file') return false;
    }
  }
  return true;
}

async function valueIn(folder: string, workspace: string, files: Files): Promise<JsonObject | undefined> {
  try {
    const own = await readKustomization(folder, workspace, files);
    const documents = own === undefined ? [] : parseYaml({ file: own.file, text: own.text });
    const [document] = documents;
    return documents.length === 1 && isObject(document?.value) ? document.value : undefined;
  } catch {
    return undefined;
  }
}

/** Every path that a kustomization names; undefined if it may name others. */
function pathsIn(value: JsonObject): readonly string[] | undefined {
  if (Object.keys(value).some((key) => !known.has(key)) || hasOtherSpelling(value)) return undefined;
  const texts = (one: JsonValue | undefined): readonly string[] =>
    typeof one === 'string' ? [one] : isArray(one) ? one.flatMap(texts) : [];
  const entries = (keys: readonly string[]): readonly JsonObject[] =>
    keys.flatMap((key) => (isArray(value[key]) ? value[key].filter(isObject) : []));
  const inputs = (one: JsonValue | undefined): readonly string[] => texts(one).map((text) => text.slice(text.indexOf('=') + 1));
  const found = [
    ...lists.flatMap((key) => texts(value[key]).filter((text) => key !== 'patchesStrategicMerge' || !text.includes('\n'))),
    ...entries(pathed).flatMap((entry) => texts(entry.path)),
    ...entries(generators).flatMap((entry) => [...inputs(entry.files), ...texts(entry.envs), ...texts(entry.env)]),
    ...(isObject(value.openapi) ? texts(value.openapi.path) : []),
  ];
  return found.filter((text) => text !== '');
}

/** kustomize takes `Files` for `files`, and merges what `<<` names. */
function hasOtherSpelling(value: JsonValue): boolean {
  if (isArray(value)) return value.some(hasOtherSpelling);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => {
    const lower = key.toLowerCase();
    return key === '<<' || (key !== lower && pathKeys.includes(lower)) || hasOtherSpelling(inner);
  });
}
