import * as z from 'zod';
import type { JsonObject } from '../model/json.ts';

const text = z.string().nullish();
const strings = z.array(z.string()).nullish().catch(undefined);
const paths = z
  .array(z.looseObject({ path: text }))
  .nullish()
  .catch(undefined);
const generators = z
  .array(z.looseObject({ files: strings, envs: strings, env: text }))
  .nullish()
  .catch(undefined);
const target = z.looseObject({ select: z.looseObject({ kind: text }).nullish(), fieldPaths: strings });
const replacement = z.looseObject({ path: text, targets: z.array(target).nullish().catch(undefined) });

/**
 * What a kustomization names; https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/. Kustomize has built it by now, so a part of an
 * unknown shape only means that fewer lines are found: it counts as absent.
 */
const schema = z.looseObject({
  resources: strings,
  bases: strings,
  components: strings,
  crds: strings,
  configurations: strings,
  transformers: strings,
  generators: strings,
  validators: strings,
  patchesStrategicMerge: strings,
  patches: paths,
  patchesJson6902: paths,
  replacements: z.array(replacement).nullish().catch(undefined),
  configMapGenerator: generators,
  secretGenerator: generators,
  openapi: z.looseObject({ path: text }).nullish().catch(undefined),
});

export type KustomizationData = z.infer<typeof schema>;
export type Replacement = z.infer<typeof replacement>;

export function readKustomizationData(value: JsonObject): KustomizationData {
  return schema.parse(value);
}

/** The replacements of a file of its own. */
export function readReplacements(value: unknown): readonly Replacement[] {
  const parsed = z.union([z.array(replacement), replacement.transform((one) => [one])]).safeParse(value);
  return parsed.data ?? [];
}
