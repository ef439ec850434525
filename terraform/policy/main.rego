# METADATA
# title: Findings
# description: What conftest and OPA read. deny fails a run; unknown is printed as a warning, or fails if `unknown` is `deny`.
package main

import data.lectern.settings

all_findings contains finding if {
	some finding in data.lectern.rules[_][_]
}

findings contains finding if {
	some finding in all_findings
	not settings.is_excepted(finding)
}

findings contains finding if some finding in settings.findings

deny contains result(finding) if {
	some finding in findings
	finding.severity == "deny"
}

deny contains result(finding) if {
	some finding in findings
	finding.severity == "unknown"
	settings.unknown == "deny"
}

warn contains result(finding) if {
	some finding in findings
	finding.severity == "warn"
}

warn contains result(finding) if {
	some finding in findings
	finding.severity == "unknown"
	settings.unknown == "warn"
}

unknown contains result(finding) if {
	some finding in findings
	finding.severity == "unknown"
}

result(finding) := object.union(finding, {"msg": sprintf(
	"%s (%s) %s: %s. %s",
	[finding.rule, finding.requirement, finding.address, finding.seen, finding.fix],
)})
