// Written by scripts/update-schemas.mjs from the discovery files of the releases in openapi/kubernetes.json. Do not edit.

/** The minors of Kubernetes 1 whose APIs are known, oldest first. */
export const minors = [33, 34, 35, 36, 37] as const;

/**
 * Every kind that objects can be created of, with alpha and beta versions: group (`-` is the core group), kind, plural, scope, and each
 * version, with its first and last minor unless every minor has it.
 */
export const kindLines = `
- Binding bindings namespaced v1
- ConfigMap configmaps namespaced v1
- Endpoints endpoints namespaced v1
- Event events namespaced v1
- LimitRange limitranges namespaced v1
- Namespace namespaces cluster v1
- Node nodes cluster v1
- PersistentVolume persistentvolumes cluster v1
- PersistentVolumeClaim persistentvolumeclaims namespaced v1
- Pod pods namespaced v1
- PodTemplate podtemplates namespaced v1
- ReplicationController replicationcontrollers namespaced v1
- ResourceQuota resourcequotas namespaced v1
- Secret secrets namespaced v1
- Service services namespaced v1
- ServiceAccount serviceaccounts namespaced v1
admissionregistration.k8s.io MutatingAdmissionPolicy mutatingadmissionpolicies cluster v1alpha1 v1beta1:34-37 v1:36-37
admissionregistration.k8s.io MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings cluster v1alpha1 v1beta1:34-37 v1:36-37
admissionregistration.k8s.io MutatingWebhookConfiguration mutatingwebhookconfigurations cluster v1
admissionregistration.k8s.io ValidatingAdmissionPolicy validatingadmissionpolicies cluster v1 v1beta1:33-33
admissionregistration.k8s.io ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings cluster v1 v1beta1:33-33
admissionregistration.k8s.io ValidatingWebhookConfiguration validatingwebhookconfigurations cluster v1
apiextensions.k8s.io CustomResourceDefinition customresourcedefinitions cluster v1
apiregistration.k8s.io APIService apiservices cluster v1
apps ControllerRevision controllerrevisions namespaced v1
apps DaemonSet daemonsets namespaced v1
apps Deployment deployments namespaced v1
apps ReplicaSet replicasets namespaced v1
apps StatefulSet statefulsets namespaced v1
authentication.k8s.io SelfSubjectReview selfsubjectreviews cluster v1
authentication.k8s.io TokenReview tokenreviews cluster v1
authorization.k8s.io LocalSubjectAccessReview localsubjectaccessreviews namespaced v1
authorization.k8s.io SelfSubjectAccessReview selfsubjectaccessreviews cluster v1
authorization.k8s.io SelfSubjectRulesReview selfsubjectrulesreviews cluster v1
authorization.k8s.io SubjectAccessReview subjectaccessreviews cluster v1
autoscaling HorizontalPodAutoscaler horizontalpodautoscalers namespaced v2 v1
batch CronJob cronjobs namespaced v1
batch Job jobs namespaced v1
certificates.k8s.io CertificateSigningRequest certificatesigningrequests cluster v1
certificates.k8s.io ClusterTrustBundle clustertrustbundles cluster v1beta1 v1alpha1:33-36 v1:37-37
certificates.k8s.io PodCertificateRequest podcertificaterequests namespaced v1alpha1:34-34 v1beta1:35-37 v1:37-37
coordination.k8s.io Lease leases namespaced v1
coordination.k8s.io LeaseCandidate leasecandidates namespaced v1beta1 v1alpha2
discovery.k8s.io EndpointSlice endpointslices namespaced v1
events.k8s.io Event events namespaced v1
flowcontrol.apiserver.k8s.io FlowSchema flowschemas cluster v1
flowcontrol.apiserver.k8s.io PriorityLevelConfiguration prioritylevelconfigurations cluster v1
internal.apiserver.k8s.io StorageVersion storageversions cluster v1alpha1
lifecycle.k8s.io Eviction evictions namespaced v1alpha1:37-37
lifecycle.k8s.io EvictionRequest evictionrequests namespaced v1alpha1:37-37
networking.k8s.io IPAddress ipaddresses cluster v1 v1beta1:33-36
networking.k8s.io Ingress ingresses namespaced v1
networking.k8s.io IngressClass ingressclasses cluster v1
networking.k8s.io NetworkPolicy networkpolicies namespaced v1
networking.k8s.io ServiceCIDR servicecidrs cluster v1 v1beta1:33-36
node.k8s.io RuntimeClass runtimeclasses cluster v1
policy PodDisruptionBudget poddisruptionbudgets namespaced v1
rbac.authorization.k8s.io ClusterRole clusterroles cluster v1
rbac.authorization.k8s.io ClusterRoleBinding clusterrolebindings cluster v1
rbac.authorization.k8s.io Role roles namespaced v1
rbac.authorization.k8s.io RoleBinding rolebindings namespaced v1
resource.k8s.io DeviceClass deviceclasses cluster v1beta2 v1beta1 v1alpha3:33-33 v1:34-37
resource.k8s.io DeviceTaintRule devicetaintrules cluster v1alpha3 v1beta2:36-37 v1:37-37
resource.k8s.io ResourceClaim resourceclaims namespaced v1beta2 v1beta1 v1alpha3:33-33 v1:34-37
resource.k8s.io ResourceClaimTemplate resourceclaimtemplates namespaced v1beta2 v1beta1 v1alpha3:33-33 v1:34-37
resource.k8s.io ResourcePoolStatusRequest resourcepoolstatusrequests cluster v1alpha3:36-37
resource.k8s.io ResourceSlice resourceslices cluster v1beta2 v1beta1 v1alpha3:33-33 v1:34-37
scheduling.k8s.io CompositePodGroup compositepodgroups namespaced v1alpha3:37-37
scheduling.k8s.io PodGroup podgroups namespaced v1alpha2:36-36 v1beta1:37-37 v1alpha3:37-37
scheduling.k8s.io PriorityClass priorityclasses cluster v1
scheduling.k8s.io Workload workloads namespaced v1alpha1:35-35 v1alpha2:36-36 v1beta1:37-37 v1alpha3:37-37
storage.k8s.io CSIDriver csidrivers cluster v1
storage.k8s.io CSINode csinodes cluster v1
storage.k8s.io CSIStorageCapacity csistoragecapacities namespaced v1
storage.k8s.io StorageClass storageclasses cluster v1
storage.k8s.io VolumeAttachment volumeattachments cluster v1
storage.k8s.io VolumeAttributesClass volumeattributesclasses cluster v1beta1:33-36 v1alpha1:33-34 v1:34-37
storagemigration.k8s.io StorageVersionMigration storageversionmigrations cluster v1alpha1:33-34 v1beta1:35-37 v1:37-37
`;
