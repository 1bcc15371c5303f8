import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { inFolder } from '../model/paths.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type ArgoSource, argoSource } from './argo-schema.ts';
import type { Here } from './here.ts';
import { jsonObject } from './schema-basics.ts';

export function isSourceFile(file: string): boolean {
  return /(?:^|\/)\.argocd-source(?:-[^/]+)?\.yaml$/.test(file);
}

/**
 * The source with what files of its folder set in it, as Argo CD Image Updater writes them. Throws what parseYaml and zod do.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/#store-overrides-in-git
 */
export function withSourceFiles(source: ArgoSource, folder: string, application: string, { sourceFiles }: Here): ArgoSource {
  const names = ['.argocd-source.yaml', `.argocd-source-${application}.yaml`].map((name) => inFolder(folder, name));
  const texts = names.flatMap((file) => {
    const text = sourceFiles?.get(file);
    return text === undefined ? [] : [{ file, text }];
  });
  if (texts.length === 0) return source;
  const patches = texts.flatMap(({ file, text }) => parseYaml({ file, text }).map(({ value }) => value)).filter(isObject);
  const merged = argoSource.parse(patches.reduce<JsonObject>(mergePatch, jsonObject.parse(source)));
  const { chart, path, repoURL, targetRevision } = source;
  return { ...merged, chart, path, repoURL, targetRevision };
}

/** https://datatracker.ietf.org/doc/html/rfc7396 */
function mergePatch(base: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else result[key] = isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value;
  }
  return result;
}
