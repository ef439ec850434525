# MongoDB Atlas.
package lectern.rules.atlas

import data.lectern.about
import data.lectern.lib

# METADATA
# title: The access list has private addresses only
# scope: document
# custom:
#   requirement: D1
#   severity: deny
#   fix: Remove the entry. Clients connect through the private endpoint.
atlas_access_list contains lib.found(chain, list.address, sprintf("%s is not private", [range])) if {
	chain := rego.metadata.chain()
	some list in lib.of_type("lectern_atlas_access_list")
	some range, _ in lib.value(list, ["entries"])
	not about.is_private(range)
}

atlas_access_list contains lib.not_known(chain, list.address, "entries") if {
	chain := rego.metadata.chain()
	some list in lib.of_type("lectern_atlas_access_list")
	lib.is_unknown(list, ["entries"])
}

atlas_access_list contains lib.found(chain, entry.address, sprintf("%s is not private", [range])) if {
	chain := rego.metadata.chain()
	some entry in lib.of_type("mongodbatlas_project_ip_access_list")
	some range in about.entry_ranges(entry.after)
	not about.is_private(range)
}

atlas_access_list contains lib.not_known(chain, entry.address, argument) if {
	chain := rego.metadata.chain()
	some entry in lib.of_type("mongodbatlas_project_ip_access_list")
	some argument in {"cidr_block", "ip_address"}
	lib.configured[entry.config].expressions[argument]
	lib.is_unknown(entry, [argument])
}

# METADATA
# title: Passwords of database users are not in the state
# scope: document
# custom:
#   requirement: D2
#   severity: deny
#   fix: Use aws_iam_type = "ROLE", or password_wo.
atlas_password contains lib.found(chain, user.address, "password is set and is stored in the state") if {
	chain := rego.metadata.chain()
	some user in lib.of_type("mongodbatlas_database_user")
	about.has_password(user)
}
