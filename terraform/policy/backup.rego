# Dumps.
package lectern.rules.backup

import data.lectern.lib

# METADATA
# title: Dumps start every 6 hours or more often
# scope: document
# custom:
#   requirement: F1
#   severity: deny
#   fix: Set schedule_expression = "rate(6 hours)".
backup_schedule contains lib.found(chain, schedule.address, sprintf("the longest time between two dumps is %v seconds", [seconds])) if {
	chain := rego.metadata.chain()
	some schedule in lib.of_type("lectern_mongo_dump_schedule")
	seconds := schedule.after.max_interval_seconds
	seconds > lib.threshold("dump_max_hours") * 3600
}

backup_schedule contains lib.not_known(chain, schedule.address, "max_interval_seconds") if {
	chain := rego.metadata.chain()
	some schedule in lib.of_type("lectern_mongo_dump_schedule")
	lib.is_unknown(schedule, ["max_interval_seconds"])
}

# METADATA
# title: A dump schedule is enabled
# scope: document
# custom:
#   requirement: F1
#   severity: deny
#   fix: Set enabled = true.
backup_enabled contains lib.found(chain, schedule.address, "enabled is false") if {
	chain := rego.metadata.chain()
	some schedule in lib.of_type("lectern_mongo_dump_schedule")
	schedule.after.enabled == false
}

# METADATA
# title: Resources with data are not destroyed
# scope: document
# custom:
#   requirement: F6
#   severity: deny
#   fix: Keep the resource. If its data may be lost, add an exception with the reason.
backup_stateful contains lib.found(chain, change.address, sprintf("the plan has the action %s", [concat(" and ", change.change.actions)])) if {
	chain := rego.metadata.chain()
	some change in object.get(input, "resource_changes", [])
	change.type in {"aws_cognito_user_pool", "aws_kms_key", "aws_s3_bucket", "aws_secretsmanager_secret", "mongodbatlas_advanced_cluster", "mongodbatlas_cluster"}
	"delete" in change.change.actions
}
