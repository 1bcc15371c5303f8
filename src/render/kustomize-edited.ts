import path from 'node:path';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { isInside, kustomizationNames } from '../model/paths.ts';
import type { Files } from '../ports/ports.ts';

/** Where an edited kustomization is built, and the folder of the repository that it belongs to. Paths are absolute. */
interface Place {
  readonly target: string;
  readonly folder: string;
  readonly workspace: string;
}

const lists = [
  'resources',
  'components',
  'bases',
  'crds',
  'configurations',
  'generators',
  'transformers',
  'validators',
  'patchesStrategicMerge',
];
const pathed = ['patches', 'patchesJson6902', 'replacements'];
const generators = ['configMapGenerator', 'secretGenerator'];
/** Their files may name others. */
const functions = ['generators', 'transformers', 'validators'];

/**
 * The kustomization with its references as the folder of the build needs them: a file below its own folder is copied, since kustomize reads no
 * file outside the folder that it builds; a folder, which may refer to others, is built where it is.
 */
export async function placeEdited(value: JsonObject, place: Place, files: Files): Promise<JsonObject> {
  const { target, folder, workspace } = place;
  if (functions.some((key) => value[key] !== undefined)) await copyAll(place, files);
  const refer = async (written: string): Promise<string> => {
    if (written.includes('\n') || written === '') return written;
    const source = path.join(target, written);
    if (path.isAbsolute(written) || !isBelow(source, workspace)) return written;
    const kind = (await files.stat(source))?.kind;
    if (kind === undefined) return written;
    const inside = await files.resolveInside(workspace, source);
    const found = inside === undefined ? undefined : path.join(workspace, inside);
    if (found === undefined || (await files.stat(found))?.kind !== 'file' || !isBelow(source, target))
      return path.relative(folder, source);
    await files.write(path.join(folder, written), await files.readBytes(found));
    return written;
  };
  const text = async (one: JsonValue): Promise<JsonValue> => (typeof one === 'string' ? refer(one) : one);
  const entries = Object.entries(value).map(async ([key, inner]): Promise<readonly [string, JsonValue]> => {
    if (lists.includes(key) && isArray(inner)) return [key, await Promise.all(inner.map(text))];
    if (pathed.includes(key) && isArray(inner))
      return [key, await Promise.all(inner.map((one) => withFields(one, ['path'], text)))];
    if (generators.includes(key) && isArray(inner))
      return [
        key,
        await Promise.all(inner.map((one) => withFields(one, ['files', 'envs', 'env'], (entry) => input(entry, text)))),
      ];
    return [key, key === 'openapi' ? await withFields(inner, ['path'], text) : inner];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function withFields(
  value: JsonValue,
  fields: readonly string[],
  change: (one: JsonValue) => Promise<JsonValue>,
): Promise<JsonValue> {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, inner]): Promise<readonly [string, JsonValue]> => {
    if (!fields.includes(key)) return [key, inner];
    return [key, isArray(inner) ? await Promise.all(inner.map(change)) : await change(inner)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** `key=path` of a generator. A file without a key is named after itself, wherever it is. */
async function input(entry: JsonValue, refer: (one: JsonValue) => Promise<JsonValue>): Promise<JsonValue> {
  if (typeof entry !== 'string') return entry;
  const at = entry.indexOf('=');
  return at === -1 ? refer(entry) : `${entry.slice(0, at + 1)}${String(await refer(entry.slice(at + 1)))}`;
}

/** Past it, what a function reads in addition to its own file is not copied, and kustomize reports that it is missing. */
const maxFiles = 2_000;

async function copyAll({ target, folder }: Place, files: Files): Promise<void> {
  const all = await files.walk(target, (name) => path.posix.basename(name) === '.git');
  const nested = all.flatMap((file) => {
    const slash = file.path.lastIndexOf('/');
    return slash !== -1 && kustomizationNames.includes(file.path.slice(slash + 1)) ? [file.path.slice(0, slash)] : [];
  });
  const own = all.filter((file) => file.kind === 'file' && !nested.some((one) => isInside(file.path, one)));
  for (const file of own.slice(0, maxFiles))
    await files.write(path.join(folder, file.path), await files.readBytes(path.join(target, file.path)));
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}
