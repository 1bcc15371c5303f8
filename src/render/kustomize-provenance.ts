import path from 'node:path';
import * as z from 'zod';
import { attempt } from '../model/attempt.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';

/** What kustomize's annotations report about a resource. */
export interface KustomizeProvenance {
  /** The file that it was read from, or the kustomization that generated it; relative to the workspace. */
  readonly file: string | undefined;
  readonly generated: boolean;
}

/** Where something was built, and the folder of the repository that it is built from. Absolute. */
export interface BuildPlace {
  readonly folder: string;
  readonly target: string;
  readonly workspace: string;
}

const originKey = 'config.kubernetes.io/origin';

/** What makes kustomize write it. */
export const buildMetadata = ['originAnnotations'];

const originSchema = z.looseObject({
  path: z.string().optional(),
  configuredIn: z.string().optional(),
  configuredBy: z.looseObject({ kind: z.string().optional() }).optional(),
});
/** For a resource that lost its annotations to a patch, kustomize names that patch. */
const generators = new Set(['ConfigMapGenerator', 'SecretGenerator']);

/** The annotation is the gate's own addition: no engine may see it. */
export function takeProvenance(
  object: JsonObject,
  place: BuildPlace,
): { readonly object: JsonObject; readonly provenance: KustomizeProvenance } {
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return { object, provenance: unknown };
  const { [originKey]: origin, ...annotations } = metadata.annotations;
  const { annotations: _all, ...bare } = metadata;
  const whole = { ...object, metadata: Object.keys(annotations).length === 0 ? bare : { ...bare, annotations } };
  return { object: whole, provenance: read(origin, place) };
}

const unknown: KustomizeProvenance = { file: undefined, generated: false };

/** A manifest may hold an annotation of this name itself, with anything in it; kustomize then writes over it. */
function read(origin: JsonValue | undefined, { folder, target, workspace }: BuildPlace): KustomizeProvenance {
  const { path: file, configuredIn, configuredBy } = originSchema.safeParse(parsed(origin)).data ?? {};
  const generated = file === undefined && generators.has(configuredBy?.kind ?? '');
  const named = file ?? (generated ? configuredIn : undefined);
  if (named === undefined) return unknown;
  const found = path.resolve(folder, named);
  // A file that was copied there is the one of the repository.
  const isCopy = found.startsWith(`${folder}${path.sep}`);
  const source = isCopy ? path.join(target, path.relative(folder, found)) : found;
  return { file: path.relative(workspace, source).replaceAll(path.sep, '/'), generated };
}

function parsed(annotation: JsonValue | undefined): JsonValue | undefined {
  if (typeof annotation !== 'string') return undefined;
  return attempt(() => parseYaml({ file: originKey, text: annotation })[0]?.value);
}
