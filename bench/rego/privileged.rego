package main

import rego.v1

deny contains complaint("privileged") if {
	some container in all_containers
	container.securityContext.privileged
}
