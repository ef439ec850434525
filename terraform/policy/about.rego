# What the rules ask of resources, theme by theme.
package lectern.about

import data.lectern.lib

# ---- Buckets

receives_access_logs(bucket) if {
	some logging in lib.of_type("aws_s3_bucket_logging")
	lib.is_linked(logging, "target_bucket", bucket)
}

# A bucket that another one of the plan replicates to.
is_replica(bucket) if {
	some replication in lib.of_type("aws_s3_bucket_replication_configuration")
	some rule in lib.listed(lib.value(replication, ["rule"]))
	some name in lib.names(bucket)
	rule.destination[0].bucket == name
}

is_replica(bucket) if {
	some replication in lib.of_type("aws_s3_bucket_replication_configuration")
	bucket.config in lib.reached(replication, "rule")
	not lib.is_linked(replication, "bucket", bucket)
}

denies_plain_http(policy) if {
	some statement in lib.statements(policy, "policy")
	statement.effect == "Deny"
	"aws:SecureTransport" in statement.conditions
}

has_rule_with(lifecycle, block) if {
	some rule in lib.value(lifecycle, ["rule"])
	rule.status == "Enabled"
	count(object.get(rule, block, [])) > 0
}

# ---- Network

has_functions_in_vpc if {
	some function in lib.of_type("aws_lambda_function")
	is_in_vpc(function)
}

is_in_vpc(function) if not lib.is_empty(lib.value(function, ["vpc_config"]))

is_in_vpc(function) if lib.is_unknown(function, ["vpc_config"])

s3_endpoints contains endpoint if {
	some endpoint in lib.of_type("aws_vpc_endpoint")
	endswith(endpoint.after.service_name, ".s3")
	object.get(endpoint.after, "vpc_endpoint_type", "Gateway") in {"Gateway", null}
}

interface_endpoints contains endpoint if {
	some endpoint in lib.of_type("aws_vpc_endpoint")
	endpoint.after.vpc_endpoint_type == "Interface"
}

may_have_route_table(endpoint) if not lib.is_empty(lib.value(endpoint, ["route_table_ids"]))

may_have_route_table(endpoint) if {
	lib.is_partly_unknown(endpoint, ["route_table_ids"])
	count(lib.references(lib.configured[endpoint.config].expressions.route_table_ids)) > 0
}

has_route_table(endpoint) if lib.has_linked({"aws_vpc_endpoint_route_table_association"}, "vpc_endpoint_id", endpoint)

# Of a service that is not AWS', as Atlas' is; its name is unknown while the private link is created.
private_endpoints contains endpoint if {
	some endpoint in interface_endpoints
	contains(endpoint.after.service_name, ".vpce-svc-")
}

private_endpoints contains endpoint if {
	some endpoint in interface_endpoints
	lib.is_unknown(endpoint, ["service_name"])
}

is_of_private_endpoint(rule) if {
	some group in lib.of_type("aws_security_group")
	some endpoint in private_endpoints
	lib.is_linked(endpoint, "security_group_ids", group)
	lib.is_linked(rule, "security_group_id", group)
}

may_have_s3_endpoint(table) if {
	some endpoint in s3_endpoints
	lib.is_linked(endpoint, "route_table_ids", table)
}

may_have_s3_endpoint(_) if {
	some endpoint in s3_endpoints
	lib.may_be_linked(endpoint, "route_table_ids")
	lib.configured[endpoint.config].expressions.route_table_ids
}

may_have_s3_endpoint(table) if lib.has_linked({"aws_vpc_endpoint_route_table_association"}, "route_table_id", table)

may_have_s3_endpoint(table) if lib.may_have_linked({"aws_vpc_endpoint_route_table_association"}, "route_table_id", table)

egress_rules := lib.of_type("aws_vpc_security_group_egress_rule") | {rule |
	some rule in lib.of_type("aws_security_group_rule")
	rule.after.type == "egress"
}

ingress_rules := lib.of_type("aws_vpc_security_group_ingress_rule") | {rule |
	some rule in lib.of_type("aws_security_group_rule")
	rule.after.type == "ingress"
}

# Security groups that functions have. The argument is inside of the block vpc_config.
function_groups contains group if {
	some function in lib.of_type("aws_lambda_function")
	some group in lib.of_type("aws_security_group")
	has_group(function, group)
}

has_group(function, group) if lib.mentions(lib.value(function, ["vpc_config", 0, "security_group_ids"]), group)

has_group(function, group) if {
	lib.is_partly_unknown(function, ["vpc_config", 0, "security_group_ids"])
	group.config in lib.reached(function, "vpc_config")
}

# Whether the groups of a function are unknown, and the configuration does not say which they are: a dynamic block is not in a plan.
has_undecided_groups if {
	some function in lib.of_type("aws_lambda_function")
	lib.is_partly_unknown(function, ["vpc_config", 0, "security_group_ids"])
	lib.is_opaque(function, "vpc_config")
}

is_open(range) if range in {"0.0.0.0/0", "::/0"}

is_of_function(rule) if {
	some group in function_groups
	lib.is_linked(rule, "security_group_id", group)
}

is_of_endpoint(rule) if {
	some group in lib.of_type("aws_security_group")
	some endpoint in interface_endpoints
	lib.is_linked(endpoint, "security_group_ids", group)
	lib.is_linked(rule, "security_group_id", group)
}

range_arguments := {"cidr_blocks", "cidr_ipv4", "cidr_ipv6", "ipv6_cidr_blocks"}

ranges(rule) := {range |
	some argument in range_arguments
	some range in lib.listed(object.get(rule.after, argument, null))
}

has_unknown_range(rule) if {
	some argument in range_arguments
	lib.configured[rule.config].expressions[argument]
	lib.is_partly_unknown(rule, [argument])
}

# ---- Functions

api_permissions contains permission if {
	some permission in lib.of_type("aws_lambda_permission")
	startswith(permission.after.principal, "apigateway.")
}

api_functions contains function if {
	some permission in api_permissions
	some function in lib.of_type("aws_lambda_function")
	lib.is_linked(permission, "function_name", function)
}

is_secret(_, text) if regex.match(`^mongodb(\+srv)?://[^/]*:[^/]*@|^AKIA[0-9A-Z]{16}$|-----BEGIN [A-Z ]*PRIVATE KEY`, text)

is_secret(name, text) if {
	regex.match(`(?i)(password|passwd|secret|api_?key|private_?key|token)$`, name)
	text != ""
	not startswith(text, "arn:")
}

is_short(null) := true

is_short(days) if days < lib.threshold("log_retention_days")

# ---- Roles

role_policies := lib.of_types({"aws_iam_policy", "aws_iam_role_policy"})

is_of_functions(role) if {
	some statement in lib.statements(role, "assume_role_policy")
	"lambda.amazonaws.com" in statement.principals
}

# ---- Distributions

behaviors(distribution) := array.concat(
	lib.listed(object.get(distribution.after, "default_cache_behavior", [])),
	lib.listed(object.get(distribution.after, "ordered_cache_behavior", [])),
)

pattern(behavior) := object.get(behavior, "path_pattern", "the default behavior")

# Each with its path in the distribution.
placed_behaviors(distribution) := [[[block, place], behavior] |
	some block in ["default_cache_behavior", "ordered_cache_behavior"]
	some place, behavior in lib.listed(object.get(distribution.after, block, []))
]

accepts_writes(behavior) if {
	some method in object.get(behavior, "allowed_methods", [])
	method in {"DELETE", "PATCH", "POST", "PUT"}
}

# The managed policy CachingDisabled (CloudFront Developer Guide, "Use managed cache policies").
is_uncached(behavior) if behavior.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

is_uncached(behavior) if {
	some policy in lib.of_type("aws_cloudfront_cache_policy")
	policy.after.id == behavior.cache_policy_id
	keeps_nothing(policy)
}

# Of the time before cache policies.
is_uncached(behavior) if {
	lib.is_empty(object.get(behavior, "cache_policy_id", null))
	behavior.max_ttl == 0
}

keeps_nothing(policy) if policy.after.max_ttl == 0

has_default_size_limit(acl) if {
	walk(acl.after.rule, [_, group])
	group.name == "AWSManagedRulesCommonRuleSet"
	group.vendor_name
	every override in lib.listed(object.get(group, "rule_action_override", [])) {
		override.name != "SizeRestrictions_BODY"
	}
}

is_s3(_, _, origin) if contains(object.get(origin, "domain_name", ""), ".s3.")

# A domain name that is not known yet: an origin without custom_origin_config is S3's.
is_s3(distribution, place, origin) if {
	lib.is_unknown(distribution, ["origin", place, "domain_name"])
	lib.is_empty(object.get(origin, "custom_origin_config", []))
}

has_s3_origin(distribution) if {
	some place, origin in distribution.after.origin
	is_s3(distribution, place, origin)
}

has_signed_behavior(distribution) if {
	some behavior in behaviors(distribution)
	not lib.is_empty(object.get(behavior, "trusted_key_groups", []))
}

has_signed_behavior(distribution) if {
	some block in {"default_cache_behavior", "ordered_cache_behavior"}
	walk(object.get(distribution.unknown, block, []), [path, true])
	"trusted_key_groups" in path
}

has_rule(acl, part) if {
	walk(acl.after.rule, [_, part])
}

has_rule(acl, part) if {
	walk(acl.after.rule, [path, list])
	path[count(path) - 1] == part
	not lib.is_empty(list)
}

# ---- Atlas

entry_ranges(entry) := {range |
	some argument in {"cidr_block", "ip_address"}
	range := object.get(entry, argument, null)
	is_string(range)
}

is_private(range) if {
	some private in {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}
	net.cidr_contains(private, range)
}

has_password(user) if not lib.is_empty(object.get(user.after, "password", null))

has_password(user) if lib.is_unknown(user, ["password"])

# ---- Alarms

alarms contains alarm if {
	some resource in lib.of_type("aws_cloudwatch_metric_alarm")
	alarm := {
		"address": resource.address,
		"name": object.get(resource.after, "alarm_name", "the alarm"),
		"namespace": object.get(resource.after, "namespace", null),
		"region": object.get(resource.after, "region", null),
		"enabled": object.get(resource.after, "actions_enabled", true),
		"dimensions": object.get(resource.after, "dimensions", {}),
		"actions": actions(resource, ["alarm_actions"]),
	}
}

alarms contains alarm if {
	some resource in lib.of_type("lectern_alarm_bundle")
	some key, planned in object.get(resource.after, "alarms", {})
	alarm := {
		"address": resource.address,
		"name": key,
		"namespace": object.get(planned, "namespace", null),
		"region": object.get(resource.after, "region", null),
		"enabled": object.get(planned, "actions_enabled", true),
		"dimensions": dimensions(planned),
		"actions": actions(resource, ["alarms", key, "alarm_actions"]),
	}
}

# Of an alarm of one metric, or of all metrics of an expression.
dimensions(planned) := {name: values |
	some name in {name | walk(planned, [path, _]); path[count(path) - 2] == "dimensions"; name := path[count(path) - 1]}
	values := {text | walk(planned, [path, text]); path[count(path) - 2] == "dimensions"; path[count(path) - 1] == name}
}

actions(resource, path) := "unknown" if {
	lib.is_partly_unknown(resource, path)
} else := "none" if {
	lib.is_empty(lib.value(resource, path))
} else := "some"

# What publishes metrics, and which attribute is the value of which dimension. An ID is known after the apply.
measured := [
	["aws_lambda_function", "FunctionName", "function_name"],
	["aws_api_gateway_rest_api", "ApiName", "name"],
	["aws_s3_bucket", "BucketName", "bucket"],
	["aws_cognito_user_pool", "UserPool", "id"],
	["aws_cloudfront_distribution", "DistributionId", "id"],
	["aws_lb", "LoadBalancer", "arn_suffix"],
]

publishes_metrics(resource) if not resource.type in {"aws_lb", "aws_s3_bucket"}

publishes_metrics(resource) if resource.after.load_balancer_type == "network"

# Only a bucket with a configuration of request metrics.
publishes_metrics(bucket) if {
	bucket.type == "aws_s3_bucket"
	lib.has_linked({"aws_s3_bucket_metric"}, "bucket", bucket)
}

has_alarm(dimension, name) if {
	some alarm in alarms
	alarm.dimensions[dimension] == name
}

has_alarm(dimension, name) if {
	some alarm in alarms
	name in alarm.dimensions[dimension]
}
