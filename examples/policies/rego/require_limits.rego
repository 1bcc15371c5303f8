# METADATA
# title: Containers have limits
# description: A container without a memory limit can take a node down with it.
# custom:
#   severity: high
package require_limits

import rego.v1

required := {"cpu", "memory"}

pod_paths := [
	["spec"],
	["spec", "template", "spec"],
	["spec", "jobTemplate", "spec", "template", "spec"],
]

deny contains complaint if {
	some pod_path in pod_paths
	spec := object.get(input, pod_path, {})
	some list in ["containers", "initContainers"]
	some index, container in object.get(spec, list, [])
	some resource in required
	object.get(container, ["resources", "limits", resource], "") == ""
	complaint := {
		"msg": sprintf("container %s has no %s limit", [object.get(container, "name", "?"), resource]),
		"path": array.concat(pod_path, [list, index, "resources", "limits", resource]),
		"fix": sprintf("Set resources.limits.%s to what the container needs at its peak.", [resource]),
	}
}
