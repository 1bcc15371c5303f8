package required_labels_test

import data.required_labels
import rego.v1

test_allows_labelled_workload if {
	labels := {"app.kubernetes.io/name": "web", "team": "shop"}
	count(required_labels.deny) == 0 with input as {"kind": "Deployment", "metadata": {"labels": labels}}
}

test_denies_each_missing_label if {
	count(required_labels.deny) == 2 with input as {"kind": "Deployment", "metadata": {"name": "web"}}
}

test_denies_empty_label if {
	labels := {"app.kubernetes.io/name": "web", "team": ""}
	count(required_labels.deny) == 1 with input as {"kind": "CronJob", "metadata": {"labels": labels}}
}

test_ignores_other_kinds if {
	count(required_labels.deny) == 0 with input as {"kind": "ConfigMap", "metadata": {"name": "settings"}}
}
