import path from 'node:path';
import * as z from 'zod';
import type { GateConfig } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { KustomizeSource } from '../model/source-set.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { type KustomizeFiles, readKustomizeFiles } from './kustomize-files.ts';
import { kustomizeOrigin } from './kustomize-origin.ts';
import { type Item, readItems } from './objects.ts';
import type { UnitResult } from './plain.ts';
import { excerpt, runTool } from './run-tool.ts';

const originKey = 'config.kubernetes.io/origin';

/**
 * Builds a kustomization from a wrapper of the gate's own, which asks kustomize to say where each resource came from; the
 * repository is only read. Files outside a kustomization's own folder are refused by kustomize, remote ones by discover.
 */
export async function renderKustomization(
  source: KustomizeSource,
  folder: string,
  config: GateConfig,
  context: RenderContext,
): Promise<UnitResult> {
  try {
    const target = path.join(config.workspace, source.path);
    const wrapper = { resources: [path.relative(folder, target)], buildMetadata: ['originAnnotations'] };
    await context.ports.files.write(path.join(folder, 'kustomization.yaml'), `${JSON.stringify(wrapper)}\n`);
    const result = await runTool(
      'kustomize',
      ['build', folder, '--load-restrictor', 'LoadRestrictionsRootOnly'],
      folder,
      context,
      config.sandbox,
    );
    const own = await readKustomizeFiles(source.path, config.workspace, context.ports.files);
    if (result.exitCode !== 0) throw failed(source, own, excerpt(result), folder, config.workspace);
    const documents = parseYaml({ file: own.file, text: result.stdout });
    const read = documents.map((document) => readItems(document));
    return {
      rendered: await Promise.all(
        read.flatMap(({ items }) => items.map((item) => rendered(item, source, own, folder, config, context))),
      ),
      failures: read.flatMap(({ failures }) =>
        failures.map((failure) => new GateError(failure.code, { ...failure.details, file: own.file, line: 1 })),
      ),
    };
  } catch (thrown) {
    return { rendered: [], failures: [toGateError(thrown, 'RENDER_FAILED')] };
  }
}

async function rendered(
  { identity }: Item,
  source: KustomizeSource,
  own: KustomizeFiles,
  folder: string,
  config: GateConfig,
  context: RenderContext,
): Promise<UnitResult['rendered'][number]> {
  const { object, annotation } = withoutOrigin(identity.object);
  const base = await baseDocuments(annotation, folder, config, context);
  const origin = kustomizeOrigin({ ...identity, object }, base, own);
  return { ...identity, object, source: { kind: 'kustomize', unit: source.path }, origin };
}

const annotationSchema = z.looseObject({ path: z.string().optional(), configuredIn: z.string().optional() });

/** The documents of the file that kustomize read the resource from; none for generated ones. */
async function baseDocuments(
  annotation: JsonValue | undefined,
  folder: string,
  config: GateConfig,
  context: RenderContext,
): Promise<readonly YamlDocument[]> {
  if (typeof annotation !== 'string') return [];
  const parsed = annotationSchema.safeParse(parseYaml({ file: originKey, text: annotation })[0]?.value);
  const named = parsed.data?.path ?? parsed.data?.configuredIn;
  if (named === undefined) return [];
  const absolute = path.resolve(folder, named);
  const file = path.relative(config.workspace, absolute).replaceAll(path.sep, '/');
  if (file.startsWith('../') || (await context.ports.files.stat(absolute))?.kind !== 'file') return [];
  return parseYaml({ file, text: await context.ports.files.readText(absolute) });
}

/** The annotation is the gate's own addition: no engine may see it. */
function withoutOrigin(object: JsonObject): { readonly object: JsonObject; readonly annotation: JsonValue | undefined } {
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return { object, annotation: undefined };
  const { [originKey]: annotation, ...annotations } = metadata.annotations;
  const { annotations: _all, ...bare } = metadata;
  return { object: { ...object, metadata: Object.keys(annotations).length === 0 ? bare : { ...bare, annotations } }, annotation };
}

function failed(source: KustomizeSource, own: KustomizeFiles, said: string, folder: string, workspace: string): GateError {
  const readable = said
    .replaceAll(`${workspace}/`, '')
    .replaceAll(folder, source.path)
    .replaceAll(path.relative(folder, workspace), '.');
  const line = own.lineNaming(readable);
  return new GateError('RENDER_FAILED', {
    file: own.file,
    line,
    message: `the kustomization does not build: ${readable}`,
    expected: 'a kustomization that `kustomize build` builds, without plugins and with files below its own folder only',
    next: `Run \`kustomize build ${source.path}\` to see the same.`,
  });
}
