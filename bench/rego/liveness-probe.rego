package main

import rego.v1

deny contains complaint("liveness-probe") if {
	object.get(pod_spec, "restartPolicy", "Always") == "Always"
	some container in of_list("containers")
	not "livenessProbe" in object.keys(container)
}
