package main

import rego.v1

deny contains complaint("run-as-non-root") if {
	some container in all_containers
	of_pod := object.get(pod_spec, ["securityContext", "runAsNonRoot"], false)
	not object.get(container, ["securityContext", "runAsNonRoot"], of_pod)
}
