/**
 * The minor version in which Kubernetes turned on by default what changes validation: pkg/features/kube_features.go of v1.37.2. A cluster
 * may differ by its feature gates; what it then refuses or accepts beyond this is not known here.
 */
const since = {
  allowsRelaxedEnvNames: 32,
  allowsRelaxedSearchDomains: 33,
  allowsZeroSleep: 34,
  allowsRestartRules: 35,
  allowsRestartAllContainers: 36,
  allowsFileKeyRef: 35,
  allowsPodResources: 34,
  allowsRelaxedServiceNames: 36,
  allowsSameNodeTraffic: 34,
  checksAddressesStrictly: 36,
  mergesMatchLabelKeys: 34,
  allowsScaleToZero: 37,
  checksScaleTargets: 34,
  requiresImageOfTemplates: 37,
  allowsMaxUnavailableOfStatefulSets: 37,
  allowsVolumeAttributesClass: 34,
  allowsHostnameOverride: 35,
} as const;

export function isOn(feature: keyof typeof since, minor: number): boolean {
  return minor >= since[feature];
}
