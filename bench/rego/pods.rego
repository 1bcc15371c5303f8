# What the policies beside this file share. They say the same as the policies of the same names in policies/.
package main

import rego.v1

controllers := {"ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

pod_spec := input.spec if input.kind == "Pod"

pod_spec := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod_spec := input.spec.template.spec if input.kind in controllers

of_list(list) := object.get(pod_spec, list, [])

containers := array.concat(of_list("containers"), of_list("initContainers"))

all_containers := array.concat(containers, of_list("ephemeralContainers"))

complaint(policy) := {
	"msg": policy,
	"policy": policy,
	"resource": sprintf("%s %s/%s", [input.kind, object.get(input.metadata, "namespace", "default"), input.metadata.name]),
}
