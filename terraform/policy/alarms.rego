# Alarms.
package lectern.rules.alarms

import data.lectern.about
import data.lectern.lib

# METADATA
# title: Every alarm has actions and is enabled
# scope: document
# custom:
#   requirement: C2
#   severity: deny
#   fix: Set alarm_actions to the ARN of an SNS topic, and actions_enabled = true.
alarm_action contains lib.found(chain, alarm.address, sprintf("%s has no alarm_actions", [alarm.name])) if {
	chain := rego.metadata.chain()
	some alarm in about.alarms
	alarm.actions == "none"
}

alarm_action contains lib.found(chain, alarm.address, sprintf("actions_enabled of %s is false", [alarm.name])) if {
	chain := rego.metadata.chain()
	some alarm in about.alarms
	alarm.enabled == false
}

# METADATA
# title: Alarms of distributions are in us-east-1
# scope: document
# custom:
#   requirement: C4
#   severity: deny
#   fix: Set region = "us-east-1". CloudFront publishes metrics there only.
alarm_region contains lib.found(chain, alarm.address, sprintf("%s is in %s", [alarm.name, alarm.region])) if {
	chain := rego.metadata.chain()
	some alarm in about.alarms
	alarm.namespace == "AWS/CloudFront"
	not alarm.region in {"us-east-1", null}
}

# METADATA
# title: Functions, APIs, measured buckets, user pools, distributions and load balancers have an alarm
# scope: document
# custom:
#   requirement: C2
#   severity: warn
#   fix: Add it to the targets of a lectern_alarm_bundle.
alarm_coverage contains lib.found(chain, resource.address, sprintf("no alarm of the plan has the dimension %s of it", [dimension])) if {
	chain := rego.metadata.chain()
	count(about.alarms) > 0
	some [type, dimension, attribute] in about.measured
	some resource in lib.of_type(type)
	about.publishes_metrics(resource)
	name := resource.after[attribute]
	is_string(name)
	not about.has_alarm(dimension, name)
}
