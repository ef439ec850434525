package settings_test

import data.lectern.settings
import data.main

plan := {"resource_changes": [{
	"address": "module.keys.aws_kms_key.this",
	"module_address": "module.keys",
	"mode": "managed",
	"type": "aws_kms_key",
	"name": "this",
	"change": {"actions": ["create"], "before": null, "after": {"enable_key_rotation": false}, "after_unknown": {"id": true}},
}]}

dark := json.patch(plan, [
	{"op": "remove", "path": "/resource_changes/0/change/after/enable_key_rotation"},
	{"op": "add", "path": "/resource_changes/0/change/after_unknown/enable_key_rotation", "value": true},
])

exception := {"rule": "kms-rotation", "address": "module.keys.aws_kms_key.this", "reason": "imported key material", "expires": "2030-01-31"}

on(date) := time.parse_ns("2006-01-02T15:04", date)

denied(file, date) := {finding.rule |
	findings := main.deny with input as plan with data.lectern_policy as file with time.now_ns as on(date)
	some finding in findings
}

test_a_finding_says_rule_requirement_address_what_was_seen_and_what_to_type if {
	some finding in main.deny with input as plan
	finding.msg == "kms-rotation (D3) module.keys.aws_kms_key.this: enable_key_rotation is not true. Set enable_key_rotation = true."
	count(main.warn) == 0 with input as plan
}

test_an_exception_counts_until_the_end_of_its_last_day if {
	denied({"exceptions": [exception]}, "2030-01-31T23:59") == set()
	denied({"exceptions": [exception]}, "2030-02-01T00:00") == {"kms-rotation", "exception-expired"}
}

test_an_exception_is_for_its_rule_and_its_address if {
	denied({"exceptions": [object.union(exception, {"address": "module.keys.*"})]}, "2029-01-01T00:00") == set()
	denied({"exceptions": [object.union(exception, {"address": "module.key.*"})]}, "2029-01-01T00:00") == {"kms-rotation"}
	denied({"exceptions": [object.union(exception, {"rule": "kms-principal"})]}, "2029-01-01T00:00") == {"kms-rotation"}
}

test_an_exception_needs_a_reason_and_a_date if {
	every broken in [{"reason": " "}, {"expires": "soon"}, {"expires": "2030-13-01"}, {"address": 1}] {
		denied({"exceptions": [object.union(exception, broken)]}, "2029-01-01T00:00") == {"kms-rotation", "policy-file"}
	}
}

test_a_key_that_is_unknown_is_an_error_with_a_suggestion if {
	says({"exeptions": []}, "lectern-policy.yaml exeptions: unknown key. Did you mean \"exceptions\"?")
	says({"zzz": 1}, "lectern-policy.yaml zzz: unknown key. Allowed: exceptions, regions, thresholds, unknown.")
	says({"thresholds": {"password_lenght": 8}}, "lectern-policy.yaml thresholds.password_lenght: unknown key. Did you mean \"password_length\"?")
	says({"exceptions": [object.union(exception, {"expiry": "x"})]}, "lectern-policy.yaml exceptions[0].expiry: unknown key. Did you mean \"expires\"?")
	says({"thresholds": {"password_length": "8"}}, "lectern-policy.yaml thresholds.password_length: 8 is not a positive number. Type a number, for example 30.")
	says({"unknown": "fail"}, "lectern-policy.yaml unknown: fail. Type \"warn\" or \"deny\".")
}

says(file, text) if {
	some finding in settings.findings with data.lectern_policy as file with time.now_ns as on("2029-01-01T00:00")
	sprintf("%s: %s. %s", [finding.address, finding.seen, finding.fix]) == text
}

test_an_unknown_value_warns_or_denies if {
	some warned in main.warn with input as dark
	warned.severity == "unknown"
	count(main.deny) == 0 with input as dark
	some denied_one in main.deny with input as dark with data.lectern_policy as {"unknown": "deny"}
	denied_one.rule == "kms-rotation"
	count(main.warn) == 0 with input as dark with data.lectern_policy as {"unknown": "deny"}
	count(main.unknown) == 1 with input as dark
}
