package main

import (
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	crdinstall "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/events/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/apps/controllerrevision"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/certificates/certificates"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/endpoint"
	"k8s.io/kubernetes/pkg/registry/core/event"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/node"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/discovery/endpointslice"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/flowschema"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/prioritylevelconfiguration"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/ipaddress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/networking/servicecidr"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/resource/deviceclass"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaim"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate"
	"k8s.io/kubernetes/pkg/registry/resource/resourceslice"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/csinode"
	"k8s.io/kubernetes/pkg/registry/storage/csistoragecapacity"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattachment"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattributesclass"
)

// Of each kind of Kubernetes' own groups, what its storage creates by.
var strategies = map[string]rest.RESTCreateStrategy{
	"/Pod": pod.Strategy, "/PodTemplate": podtemplate.Strategy, "/ReplicationController": replicationcontroller.Strategy,
	"/Service": service.Strategy, "/Endpoints": endpoint.Strategy, "/ConfigMap": configmap.Strategy, "/Secret": secret.Strategy,
	"/Namespace": namespace.Strategy, "/Node": node.Strategy, "/ServiceAccount": serviceaccount.Strategy, "/Event": event.Strategy,
	"/LimitRange": limitrange.Strategy, "/ResourceQuota": resourcequota.Strategy,
	"/PersistentVolume": persistentvolume.Strategy, "/PersistentVolumeClaim": persistentvolumeclaim.Strategy,
	"apps/Deployment": deployment.Strategy, "apps/StatefulSet": statefulset.Strategy, "apps/DaemonSet": daemonset.Strategy,
	"apps/ReplicaSet": replicaset.Strategy, "apps/ControllerRevision": controllerrevision.Strategy,
	"batch/Job": job.Strategy, "batch/CronJob": cronjob.Strategy,
	"autoscaling/HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy,
	"policy/PodDisruptionBudget":          poddisruptionbudget.Strategy,
	"networking.k8s.io/Ingress":           ingress.Strategy, "networking.k8s.io/IngressClass": ingressclass.Strategy,
	"networking.k8s.io/NetworkPolicy": networkpolicy.Strategy, "networking.k8s.io/IPAddress": ipaddress.Strategy,
	"networking.k8s.io/ServiceCIDR":  servicecidr.Strategy,
	"rbac.authorization.k8s.io/Role": role.Strategy, "rbac.authorization.k8s.io/RoleBinding": rolebinding.Strategy,
	"rbac.authorization.k8s.io/ClusterRole":        clusterrole.Strategy,
	"rbac.authorization.k8s.io/ClusterRoleBinding": clusterrolebinding.Strategy,
	"storage.k8s.io/StorageClass":                  storageclass.Strategy, "storage.k8s.io/CSIDriver": csidriver.Strategy,
	"storage.k8s.io/CSINode": csinode.Strategy, "storage.k8s.io/CSIStorageCapacity": csistoragecapacity.Strategy,
	"storage.k8s.io/VolumeAttachment":      volumeattachment.Strategy,
	"storage.k8s.io/VolumeAttributesClass": volumeattributesclass.Strategy,
	"scheduling.k8s.io/PriorityClass":      priorityclass.Strategy, "node.k8s.io/RuntimeClass": runtimeclass.Strategy,
	"discovery.k8s.io/EndpointSlice": endpointslice.Strategy, "coordination.k8s.io/Lease": lease.Strategy,
	"events.k8s.io/Event":                                           event.Strategy,
	"certificates.k8s.io/CertificateSigningRequest":                 certificates.Strategy,
	"flowcontrol.apiserver.k8s.io/FlowSchema":                       flowschema.Strategy,
	"flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration":       prioritylevelconfiguration.Strategy,
	"resource.k8s.io/DeviceClass":                                   deviceclass.Strategy,
	"resource.k8s.io/ResourceClaim":                                 resourceclaim.NewStrategy(nil, nil),
	"resource.k8s.io/ResourceClaimTemplate":                         resourceclaimtemplate.NewStrategy(nil),
	"resource.k8s.io/ResourceSlice":                                 resourceslice.Strategy,
	"admissionregistration.k8s.io/ValidatingWebhookConfiguration":   validatingwebhookconfiguration.Strategy,
	"admissionregistration.k8s.io/MutatingWebhookConfiguration":     mutatingwebhookconfiguration.Strategy,
	"admissionregistration.k8s.io/ValidatingAdmissionPolicy":        validatingadmissionpolicy.NewStrategy(nil, nil),
	"admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": validatingadmissionpolicybinding.NewStrategy(nil, nil, nil),
	"admissionregistration.k8s.io/MutatingAdmissionPolicy":          mutatingadmissionpolicy.NewStrategy(nil, nil),
	"admissionregistration.k8s.io/MutatingAdmissionPolicyBinding":   mutatingadmissionpolicybinding.NewStrategy(nil, nil, nil),
}

var crdScheme = runtime.NewScheme()
var crdCodecs = serializer.NewCodecFactory(crdScheme)

func init() { crdinstall.Install(crdScheme) }

func lookup(kind schema.GroupVersionKind) (served, bool) {
	if kind.Group == apiextensions.GroupName {
		return served{codecs: crdCodecs, strategy: customresourcedefinition.NewStrategy(crdScheme)}, crdScheme.Recognizes(kind)
	}
	strategy, ok := strategies[kind.Group+"/"+kind.Kind]
	return served{codecs: legacyscheme.Codecs, strategy: strategy, before: normalize}, ok && legacyscheme.Scheme.Recognizes(kind)
}

// What the storage of Services does before the strategy: clusterIPs follows clusterIP, and a port for the health check is allocated.
func normalize(object runtime.Object) {
	one, ok := object.(*core.Service)
	if !ok {
		return
	}
	if len(one.Spec.ClusterIP) > 0 && len(one.Spec.ClusterIPs) == 0 {
		one.Spec.ClusterIPs = []string{one.Spec.ClusterIP}
	}
	if one.Spec.HealthCheckNodePort == 0 && one.Spec.Type == core.ServiceTypeLoadBalancer &&
		one.Spec.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal {
		one.Spec.HealthCheckNodePort = 30999
	}
}
