# Regions.
package lectern.rules.regions

import data.lectern.lib

# METADATA
# title: Resources are in the Regions of lectern-policy.yaml
# scope: document
# custom:
#   requirement: A4
#   severity: deny
#   fix: Set region to one of the Regions in lectern-policy.yaml.
region_allowed contains lib.found(chain, resource.address, sprintf("region is %s", [resource.after.region])) if {
	chain := rego.metadata.chain()
	allowed := data.lectern_policy.regions
	some type in object.keys(lib.by_type)
	some resource in lib.of_type(type)
	is_string(resource.after.region)
	not resource.after.region in {region | some region in allowed}
}
