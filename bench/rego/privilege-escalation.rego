package main

import rego.v1

deny contains complaint("privilege-escalation") if {
	some container in all_containers
	object.get(pod_spec, ["os", "name"], "") != "windows"
	object.get(container, ["securityContext", "allowPrivilegeEscalation"], true)
}
