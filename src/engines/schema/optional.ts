/**
 * Fields that the OpenAPI definitions require because their Go type has no `omitempty`, although the API server accepts objects without
 * them: the zero value is valid. From the validation code of k8s.io/kubernetes (pkg/apis/*\/validation), which reads decoded objects and
 * cannot tell a missing field from its zero value.
 */
const optional: Readonly<Record<string, readonly string[]>> = {
  'apiextensions.v1.CustomResourceDefinitionVersion': ['served', 'storage'],
  'apps.v1.ControllerRevision': ['revision'],
  'batch.v1.PodFailurePolicy': ['rules'],
  'core.v1.Event': ['metadata', 'involvedObject'],
  'core.v1.HTTPHeader': ['value'],
  'core.v1.ISCSIPersistentVolumeSource': ['lun'],
  'core.v1.ISCSIVolumeSource': ['lun'],
  'core.v1.LimitRangeSpec': ['limits'],
  'core.v1.PreferredSchedulingTerm': ['preference'],
  'core.v1.SleepAction': ['seconds'],
  'core.v1.Sysctl': ['value'],
  'core.v1.TypedLocalObjectReference': ['kind', 'name'],
  'core.v1.WeightedPodAffinityTerm': ['podAffinityTerm'],
  'discovery.v1.ForZone': ['name'],
  'networking.v1.NetworkPolicySpec': ['podSelector'],
  'resource.v1.Counter': ['value'],
  'resource.v1.DeviceCapacity': ['value'],
  'resource.v1.DeviceClass': ['spec'],
  'resource.v1.ResourceClaim': ['spec'],
  'resource.v1.ResourceClaimTemplate': ['spec'],
  'resource.v1.ResourceClaimTemplateSpec': ['spec'],
  'resource.v1.ResourcePool': ['generation'],
  'resource.v1beta1.Counter': ['value'],
  'resource.v1beta1.DeviceCapacity': ['value'],
  'resource.v1beta1.DeviceClass': ['spec'],
  'resource.v1beta1.ResourceClaim': ['spec'],
  'resource.v1beta1.ResourceClaimTemplate': ['spec'],
  'resource.v1beta1.ResourceClaimTemplateSpec': ['spec'],
  'resource.v1beta1.ResourcePool': ['generation'],
  'resource.v1beta2.Counter': ['value'],
  'resource.v1beta2.DeviceCapacity': ['value'],
  'resource.v1beta2.DeviceClass': ['spec'],
  'resource.v1beta2.ResourceClaim': ['spec'],
  'resource.v1beta2.ResourceClaimTemplate': ['spec'],
  'resource.v1beta2.ResourceClaimTemplateSpec': ['spec'],
  'resource.v1beta2.ResourcePool': ['generation'],
  'storage.v1.CSIDriver': ['spec'],
  'storage.v1.CSINode': ['spec'],
  'storage.v1.CSINodeSpec': ['drivers'],
  'storage.v1.TokenRequest': ['audience'],
};
const names = new Map(Object.entries(optional).map(([type, fields]) => [type, new Set(fields)]));

export function mayBeMissing(type: string, field: string): boolean {
  return names.get(type)?.has(field) === true;
}
