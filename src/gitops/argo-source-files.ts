import { GateError } from '../model/gate-error.ts';
import { isObject, type JsonObject, mergePatch } from '../model/json.ts';
import { inFolder } from '../model/paths.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { ArgoContext } from './argo-context.ts';
import { type ArgoSource, argoSource } from './argo-schema.ts';
import { jsonObject } from './schema-basics.ts';
import type { Layer } from './written.ts';

/**
 * The source with what files of its folder set in it, as Argo CD Image Updater writes them. Throws GateError MANIFEST_INVALID.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/#store-overrides-in-git
 */
export function withSourceFiles(
  source: ArgoSource,
  folder: string,
  { application, at, here: { sourceFiles } }: Pick<ArgoContext, 'application' | 'at' | 'here'>,
): { readonly source: ArgoSource; readonly layers: readonly Layer[] } {
  const names = ['.argocd-source.yaml', `.argocd-source-${application.name}.yaml`].map((name) => inFolder(folder, name));
  const texts = names.flatMap((file) => {
    const text = sourceFiles?.get(file);
    return text === undefined ? [] : [{ file, text }];
  });
  if (texts.length === 0) return { source, layers: [] };
  const layers = texts.flatMap(({ file, text }): readonly Layer[] =>
    parseYaml({ file, text }).flatMap(({ value }) =>
      isObject(value) ? [{ below: at, value, place: (inner) => ({ file, text, at: inner }) }] : [],
    ),
  );
  const parsed = argoSource.safeParse(layers.map(({ value }) => value).reduce<JsonObject>(mergePatch, jsonObject.parse(source)));
  if (!parsed.success)
    throw new GateError('MANIFEST_INVALID', { message: schemaProblem(parsed.error, { schema: argoSource, whole: 'it' }) });
  const { chart, path, repoURL, targetRevision } = source;
  return { source: { ...parsed.data, chart, path, repoURL, targetRevision }, layers };
}
