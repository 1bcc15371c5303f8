import * as z from 'zod';
import { jsonObject, text } from './schema-basics.ts';

const reference = z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().nullish() });
const metadata = z.looseObject({
  labels: z.record(z.string(), text).nullish(),
  annotations: z.record(z.string(), text).nullish(),
});
const images = z
  .array(z.looseObject({ name: z.string(), newName: text.nullish(), newTag: text.nullish(), digest: text.nullish() }))
  .nullish();
const kubeConfig = z
  .looseObject({
    secretRef: z.looseObject({ name: z.string() }).nullish(),
    configMapRef: z.looseObject({ name: z.string() }).nullish(),
  })
  .nullish();
const patches = z.array(jsonObject).nullish();

const valuesFilesOfChart = {
  valuesFiles: z.array(z.string()).nullish(),
  /** Of v2beta1 and v1beta2. */
  valuesFile: z.string().nullish(),
  ignoreMissingValuesFiles: z.boolean().nullish(),
};

/** A HelmChart of source.toolkit.fluxcd.io: https://fluxcd.io/flux/components/source/helmcharts/ */
export const helmChartSpec = z.looseObject({
  chart: z.string(),
  version: text.nullish(),
  sourceRef: reference,
  ...valuesFilesOfChart,
});
export type HelmChartSpec = z.infer<typeof helmChartSpec>;

/** https://fluxcd.io/flux/components/helm/helmreleases/ */
export const helmReleaseSpec = z.looseObject({
  chart: z.looseObject({ spec: helmChartSpec }).nullish(),
  chartRef: reference.nullish(),
  releaseName: z.string().nullish(),
  targetNamespace: z.string().nullish(),
  kubeConfig,
  values: jsonObject.nullish(),
  valuesFrom: z
    .array(
      z.looseObject({
        kind: z.string(),
        name: z.string(),
        valuesKey: z.string().nullish(),
        targetPath: z.string().nullish(),
        optional: z.boolean().nullish(),
      }),
    )
    .nullish(),
  install: z.looseObject({ crds: z.string().nullish() }).nullish(),
  commonMetadata: metadata.nullish(),
  postRenderers: z
    .array(
      z.looseObject({
        kustomize: z.looseObject({ patches, patchesStrategicMerge: patches, patchesJson6902: patches, images }).nullish(),
      }),
    )
    .nullish(),
});
export type HelmReleaseSpec = z.infer<typeof helmReleaseSpec>;

/** https://fluxcd.io/flux/components/kustomize/kustomizations/ */
export const kustomizationSpec = z.looseObject({
  path: z.string().nullish(),
  sourceRef: reference,
  targetNamespace: z.string().nullish(),
  kubeConfig,
  namePrefix: z.string().nullish(),
  nameSuffix: z.string().nullish(),
  patches,
  // Of v1beta1 and v1beta2.
  patchesStrategicMerge: patches,
  patchesJson6902: patches,
  images,
  components: z.array(z.string()).nullish(),
  ignoreMissingComponents: z.boolean().nullish(),
  commonMetadata: metadata.nullish(),
  postBuild: z
    .looseObject({
      substitute: z.record(z.string(), text).nullish(),
      substituteFrom: z.array(z.looseObject({ kind: z.string(), name: z.string(), optional: z.boolean().nullish() })).nullish(),
    })
    .nullish(),
});
export type KustomizationSpec = z.infer<typeof kustomizationSpec>;

/** GitRepository, HelmRepository, OCIRepository: https://fluxcd.io/flux/components/source/ */
export const sourceSpec = z.looseObject({
  url: z.string(),
  ref: z
    .looseObject({
      branch: z.string().nullish(),
      tag: text.nullish(),
      semver: text.nullish(),
      commit: text.nullish(),
      name: text.nullish(),
      digest: text.nullish(),
    })
    .nullish(),
});
