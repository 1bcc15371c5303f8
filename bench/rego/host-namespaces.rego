package main

import rego.v1

deny contains complaint("host-namespaces") if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod_spec[field]
}
