package main

import rego.v1

deny contains complaint("require-limits") if {
	some container in containers
	some resource in ["cpu", "memory"]
	not resource in object.keys(object.get(container, ["resources", "limits"], {}))
	not resource in object.keys(object.get(pod_spec, ["resources", "limits"], {}))
}
