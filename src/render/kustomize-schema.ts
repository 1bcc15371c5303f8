import * as z from 'zod';
import type { JsonObject } from '../model/json.ts';

const text = z.string().nullish();
const strings = z.array(z.string()).nullish().catch(undefined);
const scalars = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const selector = z.looseObject({
  group: text,
  version: text,
  kind: text,
  name: text,
  namespace: text,
  labelSelector: text,
  annotationSelector: text,
});
const flags = z.looseObject({ allowNameChange: z.boolean().nullish(), allowKindChange: z.boolean().nullish() });
const patches = z
  .array(z.looseObject({ path: text, patch: text, target: selector.nullish(), options: flags.nullish() }))
  .nullish()
  .catch(undefined);
const generators = z
  .array(
    z.looseObject({
      name: text,
      behavior: text,
      literals: strings,
      files: strings,
      envs: strings,
      env: text,
      options: z.looseObject({ labels: scalars, annotations: scalars }).nullish().catch(undefined),
    }),
  )
  .nullish()
  .catch(undefined);
const replacement = z.looseObject({
  path: text,
  targets: z
    .array(
      z.looseObject({
        select: selector.nullish(),
        reject: z.array(selector).nullish(),
        fieldPaths: strings,
      }),
    )
    .nullish()
    .catch(undefined),
});

/**
 * What of a kustomization decides fields; https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/. Kustomize has built it by
 * now, so a part of an unknown shape is only no help in finding lines: it counts as absent.
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
  patches,
  patchesJson6902: patches,
  namespace: text.catch(undefined),
  namePrefix: text.catch(undefined),
  nameSuffix: text.catch(undefined),
  labels: z
    .array(
      z.looseObject({
        pairs: scalars,
        includeSelectors: z.boolean().nullish(),
        includeTemplates: z.boolean().nullish(),
        fields: z.array(z.looseObject({ path: text })).nullish(),
      }),
    )
    .nullish()
    .catch(undefined),
  commonLabels: scalars,
  commonAnnotations: scalars,
  images: z
    .array(z.looseObject({ name: z.string(), newName: text, newTag: text, digest: text, tagSuffix: text }))
    .nullish()
    .catch(undefined),
  replicas: z
    .array(z.looseObject({ name: z.string(), count: z.number() }))
    .nullish()
    .catch(undefined),
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
