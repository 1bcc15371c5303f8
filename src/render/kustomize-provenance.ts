import path from 'node:path';
import * as z from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Provenance } from './kustomize-journey.ts';

const originKey = 'config.kubernetes.io/origin';
const transformationsKey = 'alpha.config.kubernetes.io/transformations';

/** What makes kustomize write both. */
export const buildMetadata = ['originAnnotations', 'transformerAnnotations'];

const originSchema = z.looseObject({
  path: z.string().optional(),
  configuredIn: z.string().optional(),
  configuredBy: z.looseObject({ kind: z.string().optional() }).optional(),
});
/** A resource that lost its annotations to a patch is said to come from that patch. */
const generators = new Set(['ConfigMapGenerator', 'SecretGenerator']);
const transformationsSchema = z.array(z.looseObject({ configuredIn: z.string().optional(), path: z.string().optional() }));

/** The annotations are the gate's own addition: no engine may see them. */
export function takeProvenance(
  object: JsonObject,
  folder: string,
  workspace: string,
): { readonly object: JsonObject; readonly provenance: Provenance } {
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return { object, provenance: unknown };
  const { [originKey]: origin, [transformationsKey]: transformations, ...annotations } = metadata.annotations;
  const { annotations: _all, ...bare } = metadata;
  const whole = { ...object, metadata: Object.keys(annotations).length === 0 ? bare : { ...bare, annotations } };
  return { object: whole, provenance: read(origin, transformations, folder, workspace) };
}

const unknown: Provenance = { file: undefined, generated: false, transformedBy: [] };

/** A manifest may hold annotations of these names itself, with anything in them; kustomize then writes over them. */
function read(
  origin: JsonValue | undefined,
  transformations: JsonValue | undefined,
  folder: string,
  workspace: string,
): Provenance {
  const inWorkspace = (named: string): string => path.relative(workspace, path.resolve(folder, named)).replaceAll(path.sep, '/');
  const said = originSchema.safeParse(parsed(origin)).data;
  const generated = said?.path === undefined && generators.has(said?.configuredBy?.kind ?? '');
  const named = said?.path ?? (generated ? said?.configuredIn : undefined);
  const by = transformationsSchema.safeParse(parsed(transformations)).data ?? [];
  return {
    file: named === undefined ? undefined : inWorkspace(named),
    generated,
    transformedBy: by.flatMap(({ configuredIn }) => (configuredIn === undefined ? [] : [inWorkspace(configuredIn)])),
  };
}

function parsed(annotation: JsonValue | undefined): JsonValue | undefined {
  if (typeof annotation !== 'string') return undefined;
  try {
    return parseYaml({ file: originKey, text: annotation })[0]?.value;
  } catch {
    return undefined;
  }
}
