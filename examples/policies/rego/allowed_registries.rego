# METADATA
# title: Images come from our own registry
# description: >-
#   An image from anywhere else was neither scanned nor mirrored, and can vanish or change under its tag.
# custom:
#   severity: critical
package allowed_registries

import rego.v1

allowed := {"registry.example.com/"}

deny contains complaint if {
	some container in containers
	not from_allowed_registry(container.image)
	complaint := {
		"msg": sprintf("image %s is not from %s", [container.image, concat(" or ", allowed)]),
		"path": array.concat(container.path, ["image"]),
		"fix": "Mirror the image into an allowed registry and refer to that copy.",
	}
}

from_allowed_registry(image) if {
	some prefix in allowed
	startswith(image, prefix)
}

# A pod's specification, wherever the kind keeps it.
pod_paths := [
	["spec"],
	["spec", "template", "spec"],
	["spec", "jobTemplate", "spec", "template", "spec"],
]

containers contains container if {
	some pod_path in pod_paths
	spec := object.get(input, pod_path, {})
	some list in ["containers", "initContainers", "ephemeralContainers"]
	some index, found in object.get(spec, list, [])
	container := {
		"image": object.get(found, "image", ""),
		"path": array.concat(pod_path, [list, index]),
	}
}
