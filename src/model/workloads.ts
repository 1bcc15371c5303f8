import type { FieldPath } from './field-path.ts';
import { groupOf, type Resource } from './resource.ts';

type Kind = Pick<Resource, 'apiVersion' | 'kind'>;

/** Kind -> path of its pod spec. */
const podSpecs: Readonly<Record<string, FieldPath>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
};
const builtInGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'extensions']);

/** The path of the pod spec in a built-in workload; undefined for every other kind. */
export function podSpecPath({ apiVersion, kind }: Kind): FieldPath | undefined {
  return builtInGroups.has(groupOf(apiVersion)) && Object.hasOwn(podSpecs, kind) ? podSpecs[kind] : undefined;
}

/** Group -> kinds that deploy a chart, path or repository: none of their own fields is a pod. */
const pointers: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io': ['Application', 'ApplicationSet'],
  'helm.toolkit.fluxcd.io': ['HelmRelease'],
  'kustomize.toolkit.fluxcd.io': ['Kustomization'],
  'helm.cattle.io': ['HelmChart', 'HelmChartConfig'],
  'fluxcd.controlplane.io': ['ResourceSet', 'FluxInstance'],
  'fleet.cattle.io': ['GitRepo'],
  'kappctrl.k14s.io': ['App'],
  'packaging.carvel.dev': ['PackageInstall'],
  'helm.crossplane.io': ['Release'],
  'helm.m.crossplane.io': ['Release'],
  'addons.cluster.x-k8s.io': ['HelmChartProxy', 'ClusterResourceSet'],
  'config.projectsveltos.io': ['Profile', 'ClusterProfile'],
  'configsync.gke.io': ['RootSync', 'RepoSync'],
  'gitops.kluctl.io': ['KluctlDeployment'],
  'operators.coreos.com': ['Subscription'],
  'olm.operatorframework.io': ['ClusterExtension'],
};

export function isPointer({ apiVersion, kind }: Kind): boolean {
  const group = groupOf(apiVersion);
  return Object.hasOwn(pointers, group) && (pointers[group] ?? []).includes(kind);
}
