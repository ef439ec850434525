# lectern-policy.yaml: exceptions, thresholds and Regions. It is checked before it counts.
package lectern.settings

import data.lectern.lib

file := contents if {
	contents := data.lectern_policy
} else := {}

unknown := object.get(file, "unknown", "warn")

allowed := {
	"": {"exceptions", "regions", "thresholds", "unknown"},
	"thresholds": object.keys(lib.default_thresholds),
	"exceptions": {"rule", "address", "reason", "expires"},
}

exceptions := [exception |
	some exception in object.get(file, "exceptions", [])
	is_object(exception)
]

is_excepted(finding) if {
	some exception in exceptions
	is_complete(exception)
	is_covered(exception, finding)
	not has_expired(exception)
}

is_covered(exception, finding) if {
	exception.rule == finding.rule
	covers(exception.address, finding.address)
}

covers(pattern, address) if pattern == address

covers(pattern, address) if {
	endswith(pattern, "*")
	startswith(address, trim_suffix(pattern, "*"))
}

is_complete(exception) if {
	every key in allowed.exceptions {
		is_string(exception[key])
		trim_space(exception[key]) != ""
	}
	is_date(exception.expires)
}

is_date(text) if {
	regex.match(`^\d{4}-\d{2}-\d{2}$`, text)
	time.parse_ns("2006-01-02", text)
}

# The last day still counts, in UTC.
has_expired(exception) if {
	time.now_ns() >= time.add_date(time.parse_ns("2006-01-02", exception.expires), 0, 0, 1)
}

findings contains wrong("exception-expired", place, sprintf("expired on %s", [exception.expires]), "Fix the resource, or renew the exception with a reason and a later date.") if {
	some exception in exceptions
	is_complete(exception)
	has_expired(exception)
	place := sprintf("exceptions (%s, %s)", [exception.rule, exception.address])
}

findings contains wrong("policy-file", sprintf("exceptions[%d]", [place]), "not all of rule, address, reason and expires (YYYY-MM-DD) are set", "Set all four as text, with the date in quotes.") if {
	some place, exception in object.get(file, "exceptions", [])
	not is_complete(exception)
}

findings contains wrong("policy-file", key, "unknown key", suggestion(key, allowed[""])) if {
	some key, _ in file
	not key in allowed[""]
}

findings contains wrong("policy-file", sprintf("thresholds.%s", [key]), "unknown key", suggestion(key, allowed.thresholds)) if {
	some key, _ in object.get(file, "thresholds", {})
	not key in allowed.thresholds
}

findings contains wrong("policy-file", sprintf("thresholds.%s", [key]), sprintf("%v is not a positive number", [limit]), "Type a number, for example 30.") if {
	some key, limit in object.get(file, "thresholds", {})
	not is_positive(limit)
}

findings contains wrong("policy-file", sprintf("exceptions[%d].%s", [place, key]), "unknown key", suggestion(key, allowed.exceptions)) if {
	some place, exception in object.get(file, "exceptions", [])
	some key, _ in exception
	not key in allowed.exceptions
}

findings contains wrong("policy-file", "unknown", sprintf("%v", [unknown]), "Type \"warn\" or \"deny\".") if not unknown in {"warn", "deny"}

is_positive(limit) if {
	is_number(limit)
	limit > 0
}

wrong(rule, place, seen, fix) := {
	"rule": rule,
	"requirement": "G5",
	"severity": "deny",
	"address": sprintf("lectern-policy.yaml %s", [place]),
	"seen": seen,
	"fix": fix,
}

# The allowed key that shares most pairs of letters with this one.
suggestion(key, keys) := sprintf("Did you mean %q?", [best]) if {
	scores := {other: score | some other in keys; score := count(pairs(key) & pairs(other))}
	most := max([score | some score in scores])
	most > 1
	best := sort([other | some other, score in scores; score == most])[0]
} else := sprintf("Allowed: %s.", [concat(", ", sort(keys))])

pairs(text) := {substring(text, place, 2) | some place in numbers.range(0, count(text) - 2)}
