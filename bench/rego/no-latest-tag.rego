package main

import rego.v1

deny contains complaint("no-latest-tag") if {
	some container in all_containers
	regex.match(`^([^@]*/)?[^/:@]+(:latest)?$`, container.image)
}
