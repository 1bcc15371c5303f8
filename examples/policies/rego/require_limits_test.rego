package require_limits_test

import data.require_limits
import rego.v1

test_allows_limits if {
	count(require_limits.deny) == 0 with input as pod({"limits": {"cpu": "1", "memory": "64Mi"}})
}

test_denies_requests_only if {
	count(require_limits.deny) == 2 with input as pod({"requests": {"cpu": "1", "memory": "64Mi"}})
}

test_names_the_field if {
	some complaint in require_limits.deny with input as pod({"limits": {"cpu": "1"}})
	complaint.path == ["spec", "containers", 0, "resources", "limits", "memory"]
}

pod(resources) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "resources": resources}]}}
