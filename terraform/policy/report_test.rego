package report_test

import data.lectern.report

key(address, after, unknown) := {
	"address": address,
	"mode": "managed",
	"type": "aws_kms_key",
	"name": "this",
	"change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown},
}

log_group := {
	"address": "aws_cloudwatch_log_group.api",
	"mode": "managed",
	"type": "aws_cloudwatch_log_group",
	"name": "api",
	"change": {"actions": ["create"], "before": null, "after": {"retention_in_days": 90}, "after_unknown": {}},
}

plan := {"resource_changes": [
	key("module.keys.aws_kms_key.this[\"a|b\"]", {"enable_key_rotation": false}, {}),
	key("aws_kms_key.imported", {"enable_key_rotation": false}, {}),
	key("aws_kms_key.dark", {}, {"enable_key_rotation": true}),
	log_group,
]}

file := {"exceptions": [
	{"rule": "kms-rotation", "address": "aws_kms_key.imported", "reason": "Key material @ops <imported>.", "expires": "2030-01-31"},
	{"rule": "kms-principal", "address": "aws_kms_key.*", "reason": "None needs it.", "expires": "2030-01-31"},
	{"rule": "kms-rotation", "address": "aws_kms_key.old", "reason": "It was one.", "expires": "2029-12-31"},
	{"rule": "kms-rotation"},
]}

now := time.parse_ns("2006-01-02", "2030-01-01")

expected := `### Plan rules: 3 denied, 1 warning, 1 unknown

**Denied**

| rule | requirement | address | what was seen | what to set |
|---|---|---|---|---|
| ''exception-expired'' | G5 | ''lectern-policy.yaml exceptions (kms-rotation, aws_kms_key.old)'' | expired on 2029-12-31 | Fix the resource, or renew the exception with a reason and a later date. |
| ''kms-rotation'' | D3 | ''module.keys.aws_kms_key.this["a\|b"]'' | enable_key_rotation is not true | Set enable_key_rotation = true. |
| ''policy-file'' | G5 | ''lectern-policy.yaml exceptions[3]'' | not all of rule, address, reason and expires (YYYY-MM-DD) are set | Set all four as text, with the date in quotes. |

<details><summary>Warnings (1)</summary>

| rule | requirement | address | what was seen | what to set |
|---|---|---|---|---|
| ''lambda-log-group'' | D3 | ''aws_cloudwatch_log_group.api'' | kms_key_id is not set | Set retention_in_days and kms_key_id of the log group. |

</details>

<details><summary>Unknown until apply (1)</summary>

| rule | requirement | address | what was seen | what to set |
|---|---|---|---|---|
| ''kms-rotation'' | D3 | ''aws_kms_key.dark'' | enable_key_rotation is unknown until apply, and the configuration does not decide it | Set enable_key_rotation = true. |

</details>

**Exceptions**

| rule | address | reason | expires | findings that it covers |
|---|---|---|---|---|
| ''kms-rotation'' | ''aws_kms_key.imported'' | Key material &#64;ops &lt;imported>. | 2030-01-31 (in 30 days) | 1 |
| ''kms-principal'' | ''aws_kms_key.*'' | None needs it. | 2030-01-31 (in 30 days) | none: remove it |
| ''kms-rotation'' | ''aws_kms_key.old'' | It was one. | **expired on 2029-12-31** | none |
| ''kms-rotation'' | ''-'' | - | not valid | none |`

test_a_comment_has_the_findings_by_severity_and_the_exceptions if {
	text := report.markdown with input as plan with data.lectern_policy as file with time.now_ns as now
	text == replace(expected, "''", "`")
}

test_a_comment_without_findings_says_so if {
	report.markdown == "### Plan rules: no findings" with input as {}
}

test_an_unknown_value_that_denies_is_among_what_is_denied if {
	text := report.markdown with input as {"resource_changes": [key("aws_kms_key.dark", {}, {"enable_key_rotation": true})]} with data.lectern_policy as {"unknown": "deny"}
	startswith(text, "### Plan rules: 1 denied\n\n**Denied**\n")
	not contains(text, "Unknown until apply")
}

test_a_comment_has_a_limit if {
	many := [key(sprintf("aws_kms_key.this[%d]", [place]), {"enable_key_rotation": false}, {}) | some place in numbers.range(1, 500)]
	text := report.markdown with input as {"resource_changes": many}
	contains(text, "\n440 more are in the log of the job.")
	count(text) < 20000
}

test_a_value_of_the_plan_cannot_add_cells_tags_or_mentions if {
	report.prose("a|b <img> @all `x` [y](z)\nw") == "a\\|b &lt;img> &#64;all \\`x\\` \\[y](z) w"
	report.code("a`|\nb") == "`a'\\| b`"
}

test_code_scanning_gets_a_rule_for_each_rule_and_a_fingerprint_for_each_finding if {
	document := report.sarif with input as plan with data.lectern_policy as file with time.now_ns as now
	run := document.runs[0]
	[rule.id | some rule in run.tool.driver.rules] == ["exception-expired", "kms-rotation", "lambda-log-group", "policy-file"]
	[[result.ruleId, result.level, result.locations[0].logicalLocations[0].fullyQualifiedName] | some result in run.results] == [
		["exception-expired", "error", "lectern-policy.yaml exceptions (kms-rotation, aws_kms_key.old)"],
		["kms-rotation", "error", "module.keys.aws_kms_key.this[\"a|b\"]"],
		["policy-file", "error", "lectern-policy.yaml exceptions[3]"],
		["lambda-log-group", "warning", "aws_cloudwatch_log_group.api"],
		["kms-rotation", "note", "aws_kms_key.dark"],
	]
	count({result.partialFingerprints["finding/v1"] | some result in run.results}) == 5
}
