# METADATA
# title: Reports
# description: The findings as Markdown for a pull request, and as SARIF for code scanning.
package lectern.report

import data.lectern.settings
import data.main

groups := [
	{"severity": "deny", "title": "Denied", "level": "error"},
	{"severity": "warn", "title": "Warnings", "level": "warning"},
	{"severity": "unknown", "title": "Unknown until apply", "level": "note"},
]

# With `unknown: deny` an unknown value fails the run as a denied one does.
of_severity(severity) := sorted({finding | some finding in main.findings; shown_as(finding) == severity})

shown_as(finding) := "deny" if {
	finding.severity == "unknown"
	settings.unknown == "deny"
} else := finding.severity

sorted(findings) := [finding | some [_, _, _, finding] in sort([key |
	some finding in findings
	key := [finding.rule, finding.address, finding.seen, finding]
])]

# A comment of GitHub has at most 65,536 characters.
most_rows := 60

markdown := concat("\n", array.concat([sprintf("### Plan rules: %s", [summary])], sections))

summary := "no findings" if count(main.findings) == 0

summary := concat(", ", parts) if {
	parts := [part |
		some [severity, singular, plural] in [["deny", "denied", "denied"], ["warn", "warning", "warnings"], ["unknown", "unknown", "unknown"]]
		found := count(of_severity(severity))
		found > 0
		part := sprintf("%d %s", [found, {true: singular, false: plural}[found == 1]])
	]
	count(parts) > 0
}

sections := array.concat(
	[section |
		some group in groups
		findings := of_severity(group.severity)
		count(findings) > 0
		section := finding_section(group, findings)
	],
	[exception_section | count(settings.exceptions) > 0],
)

finding_section(group, findings) := concat("\n", array.concat(
	[
		opening(group, count(findings)),
		"| rule | requirement | address | what was seen | what to set |",
		"|---|---|---|---|---|",
	],
	array.concat([row | some finding in array.slice(findings, 0, most_rows); row := finding_row(finding)], closing(group, count(findings))),
))

# What does not fail the run is folded.
opening(group, found) := sprintf("\n**%s**\n", [group.title]) if {
	group.severity == "deny"
} else := sprintf("\n<details><summary>%s (%d)</summary>\n", [group.title, found])

closing(group, found) := array.concat(left_out(found), folded(group))

left_out(found) := [sprintf("\n%d more are in the log of the job.", [found - most_rows])] if {
	found > most_rows
} else := []

folded(group) := [] if {
	group.severity == "deny"
} else := ["\n</details>"]

finding_row(finding) := sprintf("| `%s` | %s | %s | %s | %s |", [finding.rule, finding.requirement, code(finding.address), prose(finding.seen), prose(finding.fix)])

exception_section := concat("\n", array.concat(
	["\n**Exceptions**\n", "| rule | address | reason | expires | findings that it covers |", "|---|---|---|---|---|"],
	[row | some exception in array.slice(settings.exceptions, 0, most_rows); row := exception_row(exception)],
))

exception_row(exception) := sprintf("| %s | %s | %s | %s | %s |", [
	code(object.get(exception, "rule", "-")),
	code(object.get(exception, "address", "-")),
	prose(object.get(exception, "reason", "-")),
	expiry(exception),
	coverage(exception),
])

expiry(exception) := sprintf("**expired on %s**", [exception.expires]) if {
	settings.is_complete(exception)
	settings.has_expired(exception)
} else := sprintf("%s (in %d days)", [exception.expires, days]) if {
	settings.is_complete(exception)
	days := ceil((time.parse_ns("2006-01-02", exception.expires) - time.now_ns()) / 86400000000000)
} else := "not valid"

coverage(exception) := sprintf("%d", [count(covered)]) if {
	settings.is_complete(exception)
	not settings.has_expired(exception)
	covered := {finding | some finding in main.all_findings; settings.is_covered(exception, finding)}
	count(covered) > 0
} else := "none: remove it" if {
	settings.is_complete(exception)
	not settings.has_expired(exception)
} else := "none"

# Values of the plan are text, not markup: no cell, no tag and no mention begins in one.
prose(text) := strings.replace_n({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", "@": "&#64;", "[": "\\[", "`": "\\`"}, sprintf("%v", [text]))

code(text) := sprintf("`%s`", [strings.replace_n({"|": "\\|", "\n": " ", "\r": " ", "`": "'"}, sprintf("%v", [text]))])

# conftest's own SARIF has one rule for all findings; here each rule is one, so that alerts can be sorted and dismissed. A plan does
# not say in which file a resource is: the results are at the first line of main.tf, and name the address.
sarif := {
	"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
	"version": "2.1.0",
	"runs": [{
		"tool": {"driver": {
			"name": "lectern-policy",
			"informationUri": "https://www.openpolicyagent.org",
			"rules": [sarif_rule |
				some rule in sort({finding.rule | some finding in main.findings})
				example := [finding | some finding in sorted(main.findings); finding.rule == rule][0]
				sarif_rule := {
					"id": rule,
					"shortDescription": {"text": sprintf("%s (%s)", [rule, example.requirement])},
					"help": {"text": example.fix},
				}
			],
		}},
		"results": [result |
			some group in groups
			some finding in of_severity(group.severity)
			result := {
				"ruleId": finding.rule,
				"level": group.level,
				"message": {"text": sprintf("%s: %s. %s", [finding.address, finding.seen, finding.fix])},
				"partialFingerprints": {"finding/v1": crypto.sha256(concat("\n", [finding.rule, finding.address, finding.seen]))},
				"locations": [{
					"physicalLocation": {"artifactLocation": {"uri": "main.tf"}, "region": {"startLine": 1}},
					"logicalLocations": [{"fullyQualifiedName": finding.address, "kind": "resource"}],
				}],
			}
		],
	}],
}
