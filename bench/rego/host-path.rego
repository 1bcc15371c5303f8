package main

import rego.v1

deny contains complaint("host-path") if {
	some volume in of_list("volumes")
	"hostPath" in object.keys(volume)
}
