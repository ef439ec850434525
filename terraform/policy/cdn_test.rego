package cdn_test

import data.main

distribution(behavior, unknown) := {
	"address": "aws_cloudfront_distribution.site",
	"mode": "managed",
	"type": "aws_cloudfront_distribution",
	"name": "site",
	"change": {
		"actions": ["create"],
		"before": null,
		"after": {"ordered_cache_behavior": [object.union({"path_pattern": "/api/*", "allowed_methods": ["GET", "POST"]}, behavior)]},
		"after_unknown": {"ordered_cache_behavior": [unknown]},
	},
}

cache_policy(id, ttl) := {
	"address": sprintf("aws_cloudfront_cache_policy.%s", [id]),
	"mode": "managed",
	"type": "aws_cloudfront_cache_policy",
	"name": id,
	"change": {"actions": ["no-op"], "before": {}, "after": {"id": id, "max_ttl": ttl}, "after_unknown": {}},
}

found(resources) := {[finding.severity, finding.seen] |
	some finding in main.all_findings with input as {"resource_changes": resources}
	finding.rule == "cdn-uncached-api"
}

caches := {["deny", "/api/* accepts writes and caches responses"]}

test_an_api_is_cached_by_a_policy_of_ones_own_or_by_the_time_of_before_policies if {
	found([distribution({"cache_policy_id": "mine"}, {}), cache_policy("mine", 60)]) == caches
	found([distribution({"cache_policy_id": "mine"}, {}), cache_policy("mine", 0)]) == set()
	found([distribution({"max_ttl": 3600}, {})]) == caches
	found([distribution({"max_ttl": 0}, {})]) == set()
	found([distribution({"cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}, {})]) == set()
	found([distribution({"allowed_methods": ["GET", "HEAD"], "max_ttl": 3600}, {})]) == set()
}

test_a_policy_that_is_not_known_yet_is_unknown_unless_all_policies_keep_nothing if {
	found([distribution({}, {"cache_policy_id": true}), cache_policy("mine", 60)]) == {["unknown", "cache_policy_id of /api/* is unknown until apply, and the configuration does not decide it"]}
	found([distribution({}, {"cache_policy_id": true}), cache_policy("mine", 0)]) == set()
}

test_the_managed_rules_limit_bodies_unless_that_rule_is_overridden if {
	group := {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}
	counted := object.union(group, {"rule_action_override": [{"name": "SizeRestrictions_BODY"}]})
	not "cdn-body-size" in rules_of(group)
	"cdn-body-size" in rules_of(counted)
}

rules_of(group) := {finding.rule |
	some finding in main.all_findings with input as {"resource_changes": [{
		"address": "aws_wafv2_web_acl.site",
		"mode": "managed",
		"type": "aws_wafv2_web_acl",
		"name": "site",
		"change": {"actions": ["create"], "before": null, "after": {"scope": "CLOUDFRONT", "rule": [{"statement": [{"managed_rule_group_statement": [group]}]}]}, "after_unknown": {}},
	}]}
}
