import * as z from 'zod';
import { jsonObject, jsonValue, text } from './schema-basics.ts';

/** The fields of an Application that decide what is deployed: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */
const helm = z.looseObject({
  valueFiles: z.array(z.string()).nullish(),
  values: z.string().nullish(),
  valuesObject: jsonObject.nullish(),
  parameters: z.array(z.looseObject({ name: text, value: text.nullish(), forceString: z.boolean().nullish() })).nullish(),
  fileParameters: z.array(z.looseObject({ name: text, path: z.string() })).nullish(),
  releaseName: z.string().nullish(),
  namespace: z.string().nullish(),
  ignoreMissingValueFiles: z.boolean().nullish(),
  skipCrds: z.boolean().nullish(),
  skipTests: z.boolean().nullish(),
  skipSchemaValidation: z.boolean().nullish(),
  kubeVersion: text.nullish(),
  apiVersions: z.array(z.string()).nullish(),
});

const labels = z.record(z.string(), text);
const kustomize = z.looseObject({
  namePrefix: z.string().nullish(),
  nameSuffix: z.string().nullish(),
  namespace: z.string().nullish(),
  images: z.array(z.string()).nullish(),
  replicas: z.array(z.looseObject({ name: z.string(), count: z.union([z.int(), z.string()]) })).nullish(),
  commonLabels: labels.nullish(),
  labelWithoutSelector: z.boolean().nullish(),
  labelIncludeTemplates: z.boolean().nullish(),
  forceCommonLabels: z.boolean().nullish(),
  commonAnnotations: labels.nullish(),
  forceCommonAnnotations: z.boolean().nullish(),
  commonAnnotationsEnvsubst: z.boolean().nullish(),
  patches: z.array(jsonObject).nullish(),
  components: z.array(z.string()).nullish(),
  ignoreMissingComponents: z.boolean().nullish(),
});

export const argoSource = z.looseObject({
  repoURL: z.string().nullish(),
  targetRevision: text.nullish(),
  path: z.string().nullish(),
  chart: z.string().nullish(),
  ref: z.string().nullish(),
  helm: helm.nullish(),
  kustomize: kustomize.nullish(),
  directory: z
    .looseObject({
      recurse: z.boolean().nullish(),
      include: z.string().nullish(),
      exclude: z.string().nullish(),
      jsonnet: jsonValue.nullish(),
    })
    .nullish(),
  plugin: jsonValue.nullish(),
});
export type ArgoSource = z.infer<typeof argoSource>;

export const applicationSpec = z.looseObject({
  project: z.string().nullish(),
  destination: z
    .looseObject({ server: z.string().nullish(), name: z.string().nullish(), namespace: z.string().nullish() })
    .nullish(),
  source: argoSource.nullish(),
  sources: z.array(argoSource).nullish(),
  sourceHydrator: z.looseObject({ drySource: argoSource }).nullish(),
});
export type ApplicationSpec = z.infer<typeof applicationSpec>;
