# METADATA
# title: Workloads say whose they are
# custom:
#   severity: medium
package required_labels

import rego.v1

required := {"app.kubernetes.io/name", "team"}

workloads := {"Deployment", "StatefulSet", "DaemonSet", "CronJob"}

deny contains complaint if {
	input.kind in workloads
	some label in required
	object.get(input, ["metadata", "labels", label], "") == ""
	complaint := {
		"msg": sprintf("label %s is missing", [label]),
		"path": ["metadata", "labels", label],
		"fix": sprintf("Add the label %s.", [label]),
	}
}
