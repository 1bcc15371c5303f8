package allowed_registries_test

import data.allowed_registries
import rego.v1

test_allows_own_registry if {
	count(allowed_registries.deny) == 0 with input as pod("registry.example.com/shop/web:1")
}

test_denies_other_registry if {
	some complaint in allowed_registries.deny with input as pod("docker.io/library/nginx:1")
	complaint.path == ["spec", "containers", 0, "image"]
}

test_denies_lookalike_host if {
	count(allowed_registries.deny) == 1 with input as pod("registry.example.com.evil.test/web:1")
}

test_denies_in_cron_job if {
	job := {"spec": {"jobTemplate": {"spec": {"template": pod("docker.io/library/nginx:1")}}}}
	some complaint in allowed_registries.deny with input as job
	complaint.path == ["spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "image"]
}

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}
