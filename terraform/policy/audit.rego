# Records of what was changed.
package lectern.rules.audit

import data.lectern.lib

# METADATA
# title: A trail records all Regions, validated and encrypted
# scope: document
# custom:
#   requirement: E3
#   severity: deny
#   fix: Set is_multi_region_trail = true, enable_log_file_validation = true, and kms_key_id.
audit_trail contains lib.found(chain, trail.address, sprintf("%s is not true", [argument])) if {
	chain := rego.metadata.chain()
	some trail in lib.of_type("aws_cloudtrail")
	some argument in {"enable_log_file_validation", "is_multi_region_trail"}
	not trail.after[argument] == true
	not lib.is_unknown(trail, [argument])
}

audit_trail contains lib.found(chain, trail.address, "kms_key_id is not set") if {
	chain := rego.metadata.chain()
	some trail in lib.of_type("aws_cloudtrail")
	lib.is_empty(lib.value(trail, ["kms_key_id"]))
	not lib.is_unknown(trail, ["kms_key_id"])
}

# METADATA
# title: An AWS Config recorder has rules
# scope: document
# custom:
#   requirement: E2
#   severity: warn
#   fix: Add aws_config_config_rule resources.
audit_config contains lib.found(chain, recorder.address, "the plan has a recorder and no rules") if {
	chain := rego.metadata.chain()
	some recorder in lib.of_type("aws_config_configuration_recorder")
	count(lib.of_types({"aws_config_config_rule", "aws_config_conformance_pack"})) == 0
}
