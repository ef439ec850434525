# One change of a plan for every rule: each is found by that rule and by no other one.
#
# fixtures/platform.json is cut from the plan of examples/apis with the other modules beside it, fixtures/others.json has
# resources in the same form that the examples lack.
package mutations_test

import data.fixtures.others
import data.fixtures.platform
import data.lectern.lib
import data.main

plan := json.patch(platform, [
	{"op": "add", "path": "/resource_changes", "value": array.concat(platform.resource_changes, others.resource_changes)},
	{"op": "add", "path": "/configuration/root_module/resources", "value": array.concat(platform.configuration.root_module.resources, others.resources)},
])

files := "module.storage.aws_s3_bucket"

function := "module.profile.aws_lambda_function.this"

site := "module.site.aws_cloudfront_distribution.this"

pool := "module.auth.aws_cognito_user_pool.this"

method := "module.guarded.aws_api_gateway_method.this[\"DELETE /profile\"]"

acl := "module.edge.aws_wafv2_web_acl.cdn[\"main\"]"

# rule, address of the changed resource, path in its planned values, new value
changes := [
	["s3-versioning", sprintf("%s_versioning.files", [files]), "versioning_configuration/0/status", "Suspended"],
	["s3-encryption", sprintf("%s_server_side_encryption_configuration.files", [files]), "rule/0/apply_server_side_encryption_by_default/0/sse_algorithm", "AES256"],
	["s3-tls-only", sprintf("%s_policy.files", [files]), "policy", "{\"Statement\": []}"],
	["s3-public-access", sprintf("%s_public_access_block.files", [files]), "block_public_policy", false],
	["s3-lifecycle", sprintf("%s_lifecycle_configuration.files", [files]), "rule", []],
	["s3-replication", "aws_s3_bucket_replication_configuration.files", "rule/0/source_selection_criteria", []],
	["network-private", "module.network.aws_subnet.private[\"us-east-1a\"]", "map_public_ip_on_launch", true],
	["network-endpoint-zones", "module.network.aws_vpc_endpoint.interface[\"kms\"]", "subnet_ids", ["subnet-1"]],
	["network-load-balancer", "aws_lb.mongodb", "enable_cross_zone_load_balancing", false],
	["network-load-balancer", "aws_lb_target_group.mongodb", "preserve_client_ip", "true"],
	["network-endpoint-ingress", "module.network.aws_vpc_security_group_ingress_rule.endpoints_from_lambda", "cidr_ipv6", "::/0"],
	["network-flow-log", "module.network.aws_flow_log.this[\"main\"]", "traffic_type", "REJECT"],
	["lambda-vpc", function, "vpc_config", []],
	["lambda-vpc", function, "vpc_config", [{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}]],
	["lambda-environment-key", function, "kms_key_arn", ""],
	["lambda-environment-secret", function, "environment", [{"variables": {"MONGO_URI": "mongodb://app:hunter2@db.example.com"}}]],
	["lambda-environment-secret", function, "environment", [{"variables": {"DB_PASSWORD": "hunter2"}}]],
	["lambda-log-group", "module.profile.aws_cloudwatch_log_group.this", "retention_in_days", 1],
	["lambda-log-group", "module.profile.aws_cloudwatch_log_group.this", "kms_key_id", ""],
	["lambda-alias", function, "publish", false],
	["lambda-alias", "module.guarded.aws_lambda_permission.this[\"DELETE /profile\"]", "qualifier", ""],
	["iam-actions", "module.profile.aws_iam_role_policy.given[\"given\"]", "policy", "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::edu-files/*\"}}"],
	["iam-resources", "module.profile.aws_iam_role_policy.given[\"given\"]", "policy", "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"kms:Decrypt\", \"Resource\": \"*\"}}"],
	["api-regional", "module.guarded.aws_api_gateway_rest_api.this", "endpoint_configuration", [{"types": ["EDGE"]}]],
	["api-authorization", method, "authorization", "NONE"],
	["api-validator", method, "request_validator_id", ""],
	["api-data-trace", "module.guarded.aws_api_gateway_method_settings.all", "settings/0/data_trace_enabled", true],
	["api-throttling", "module.guarded.aws_api_gateway_method_settings.all", "settings/0/throttling_rate_limit", -1],
	["cognito-mfa", pool, "mfa_configuration", "OFF"],
	["cognito-mfa-optional", pool, "mfa_configuration", "OPTIONAL"],
	["cognito-password", pool, "password_policy/0/minimum_length", 8],
	["cognito-password", pool, "password_policy/0/require_symbols", false],
	["cognito-recovery", pool, "auto_verified_attributes", []],
	["cognito-deletion-protection", pool, "deletion_protection", "INACTIVE"],
	["cdn-origin-access", site, "origin", [{"origin_id": "files", "domain_name": "edu.s3.eu-west-1.amazonaws.com", "origin_access_control_id": ""}]],
	["cdn-viewer-https", site, "default_cache_behavior/0/viewer_protocol_policy", "allow-all"],
	["cdn-tls", site, "viewer_certificate", [{"cloudfront_default_certificate": true, "minimum_protocol_version": "TLSv1"}]],
	["cdn-tls", site, "viewer_certificate", [{"cloudfront_default_certificate": false, "minimum_protocol_version": "TLSv1.1_2016"}]],
	["cdn-web-acl", site, "web_acl_id", ""],
	["cdn-web-acl-rules", acl, "rule", []],
	["kms-rotation", "aws_kms_key.profile", "enable_key_rotation", false],
	["kms-principal", "aws_kms_key.profile", "policy", "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"kms:Decrypt\", \"Resource\": \"*\"}]}"],
	["secret-rotation", "aws_secretsmanager_secret_rotation.mongo", "rotation_rules", [{"automatically_after_days": 365}]],
	["secret-key", "aws_secretsmanager_secret.mongo", "kms_key_id", ""],
	["atlas-access-list", "lectern_atlas_access_list.this", "entries", {"0.0.0.0/0": {"comment": null}}],
	["atlas-access-list", "mongodbatlas_project_ip_access_list.this", "cidr_block", "203.0.113.0/24"],
	["atlas-password", "mongodbatlas_database_user.app", "password", "hunter2"],
	["audit-trail", "aws_cloudtrail.all", "is_multi_region_trail", false],
	["audit-trail", "aws_cloudtrail.all", "kms_key_id", ""],
	["backup-schedule", "module.backup.lectern_mongo_dump_schedule.dump", "max_interval_seconds", 43200],
	["backup-enabled", "module.backup.lectern_mongo_dump_schedule.dump", "enabled", false],
	["alarm-action", "module.monitoring.lectern_alarm_bundle.platform", "alarms/lambda~1profile~1errors~1critical/alarm_actions", []],
	["alarm-action", "aws_cloudwatch_metric_alarm.cdn", "actions_enabled", false],
	["alarm-region", "aws_cloudwatch_metric_alarm.cdn", "region", "eu-west-1"],
	["alarm-coverage", function, "function_name", "another"],
	["alarm-coverage", "aws_cloudwatch_metric_alarm.files", "dimensions", {"BucketName": "another"}],
	["alarm-coverage", pool, "id", "us-east-1_AbCdEf"],
	["alarm-coverage", site, "id", "E2QWRUHAPOMQZL"],
	["alarm-coverage", "aws_lb.mongodb", "arn_suffix", "net/mongodb/0123456789abcdef"],
	["cdn-uncached-api", site, "ordered_cache_behavior/0/cache_policy_id", "658327ea-f89d-4fab-a63d-7e88639e58f6"],
	["cdn-body-size", acl, "rule/1/statement", []],
	["network-atlas-ports", "module.network.aws_vpc_security_group_ingress_rule.mongodb_from_lambda", "from_port", 22],
	["network-atlas-ports", "module.network.aws_vpc_security_group_ingress_rule.mongodb_from_lambda", "ip_protocol", "-1"],
	["network-s3-routes", "aws_route_table.private", "id", "rtb-2"],
	["iam-s3-assumed", "aws_iam_role_policy.worker", "policy", "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::edu-files/*\"}}"],
]

# rule, address of a resource that is no longer in the plan
removals := [
	["s3-versioning", sprintf("%s_versioning.files", [files])],
	["s3-encryption", sprintf("%s_server_side_encryption_configuration.files", [files])],
	["s3-tls-only", sprintf("%s_policy.files", [files])],
	["s3-public-access", sprintf("%s_public_access_block.files", [files])],
	["s3-lifecycle", sprintf("%s_lifecycle_configuration.files", [files])],
	["s3-replication", "aws_s3_bucket_replication_configuration.files"],
	["network-s3-endpoint", "module.network.aws_vpc_endpoint.s3"],
	["network-flow-log", "module.network.aws_flow_log.this[\"main\"]"],
	["lambda-alias", "module.profile.aws_lambda_alias.followed[\"live\"]"],
	["api-guarded", "module.guarded.aws_wafv2_web_acl_association.this[\"main\"]"],
	["api-throttling", "module.guarded.aws_api_gateway_method_settings.all"],
	["secret-rotation", "aws_secretsmanager_secret_rotation.mongo"],
	["audit-config", "aws_config_config_rule.trail"],
]

# rule, type and planned values of a resource that comes into the plan
additions := [
	["cdn-shield", "aws_shield_subscription", {"auto_renew": "ENABLED"}],
	["network-private", "aws_internet_gateway", {}],
	["network-private", "aws_nat_gateway", {}],
	["cdn-origin-access", "aws_cloudfront_origin_access_identity", {}],
	["cdn-origin-https", "aws_cloudfront_distribution", {"web_acl_id": "acl", "origin_group": [{}], "origin": [{"origin_id": "api", "domain_name": "api.example.com", "custom_origin_config": [{"origin_protocol_policy": "http-only"}]}]}],
	["cdn-signed", "aws_cloudfront_distribution", {"web_acl_id": "acl", "origin_group": [{}], "origin": [{"origin_id": "files", "domain_name": "edu.s3.eu-west-1.amazonaws.com", "origin_access_control_id": "E2"}]}],
	["cdn-failover", "aws_cloudfront_distribution", {"web_acl_id": "acl"}],
	["cdn-geo", "aws_cloudfront_distribution", {"web_acl_id": "acl", "origin_group": [{}], "restrictions": [{"geo_restriction": [{"restriction_type": "none"}]}]}],
	["network-egress", "aws_vpc_security_group_egress_rule", {"security_group_id": "sg-1", "cidr_ipv4": "0.0.0.0/0"}],
	["network-egress", "aws_security_group", {"id": "sg-2", "egress": [{"ipv6_cidr_blocks": ["::/0"]}]}],
	["network-egress", "aws_security_group_rule", {"type": "egress", "security_group_id": "sg-1", "cidr_blocks": ["0.0.0.0/0"]}],
]

# rule, address, path of a value that becomes unknown
unknowns := [
	["s3-versioning", sprintf("%s_versioning.files", [files]), "versioning_configuration/0/status"],
	["s3-public-access", sprintf("%s_public_access_block.files", [files]), "block_public_acls"],
	["network-private", "module.network.aws_subnet.private[\"us-east-1a\"]", "map_public_ip_on_launch"],
	["network-flow-log", "module.network.aws_flow_log.this[\"main\"]", "traffic_type"],
	["network-load-balancer", "aws_lb.mongodb", "enable_cross_zone_load_balancing"],
	["lambda-vpc", function, "vpc_config"],
	["atlas-access-list", "lectern_atlas_access_list.this", "entries"],
	["api-regional", "module.guarded.aws_api_gateway_rest_api.this", "endpoint_configuration"],
	["api-authorization", method, "authorization"],
	["api-data-trace", "module.guarded.aws_api_gateway_method_settings.all", "settings"],
	["cognito-mfa", pool, "mfa_configuration"],
	["cognito-password", pool, "password_policy"],
	["cdn-tls", site, "viewer_certificate"],
	["kms-rotation", "aws_kms_key.profile", "enable_key_rotation"],
	["kms-principal", "aws_kms_key.profile", "policy"],
	["atlas-access-list", "mongodbatlas_project_ip_access_list.this", "cidr_block"],
	["backup-schedule", "module.backup.lectern_mongo_dump_schedule.dump", "max_interval_seconds"],
]

resource_at(address) := [change | some change in plan.resource_changes; change.address == address][0]

without_resource(address) := [change | some change in plan.resource_changes; change.address != address]

with_changes(list) := object.union(plan, {"resource_changes": list})

# The planned value is known in a mutation, whatever it was before.
set_value(change, path, value) := json.patch(
	json.remove(change, [sprintf("change/after_unknown/%s", [path])]),
	[{"op": "add", "path": sprintf("/change/after/%s", [path]), "value": value}],
)

set_unknown(change, path) := json.patch(json.remove(change, [sprintf("change/after/%s", [path])]), [{"op": "add", "path": sprintf("/change/after_unknown/%s", [top]), "value": true}]) if {
	top := split(path, "/")[0]
}

mutations contains {"name": sprintf("%s: %s %s = %v", [rule, address, path, value]), "rule": rule, "plan": mutated} if {
	some [rule, address, path, value] in changes
	mutated := with_changes(array.concat(without_resource(address), [set_value(resource_at(address), path, value)]))
}

mutations contains {"name": sprintf("%s: without %s", [rule, address]), "rule": rule, "plan": mutated} if {
	some [rule, address] in removals
	resource_at(address)
	mutated := with_changes(without_resource(address))
}

mutations contains {"name": sprintf("%s: %s %v", [rule, type, after]), "rule": rule, "plan": mutated} if {
	some [rule, type, after] in additions
	added := {
		"address": sprintf("%s.added", [type]),
		"mode": "managed",
		"type": type,
		"name": "added",
		"change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {}},
	}
	group := set_value(resource_at("module.network.aws_security_group.lambda"), "id", "sg-1")
	others_of_plan := [change | some change in plan.resource_changes; not change.address in {group.address, function}]
	known_groups := set_value(resource_at(function), "vpc_config", [{"subnet_ids": ["subnet-1", "subnet-2"], "security_group_ids": ["sg-1", "sg-2"]}])
	mutated := with_changes(array.concat(others_of_plan, [group, known_groups, added]))
}

mutations contains {"name": sprintf("%s: %s is replaced", [rule, address]), "rule": rule, "plan": mutated} if {
	rule := "backup-stateful"
	address := sprintf("%s.files", [files])
	replaced := json.patch(resource_at(address), [{"op": "add", "path": "/change/actions", "value": ["delete", "create"]}])
	mutated := with_changes(array.concat(without_resource(address), [replaced]))
}

mutations contains {"name": "s3-logging: a bucket without it", "rule": "s3-logging", "plan": mutated} if {
	address := "module.storage.aws_s3_bucket_logging.files[\"main\"]"
	elsewhere := set_value(resource_at(address), "bucket", "another")
	mutated := with_changes(array.concat(without_resource(address), [elsewhere]))
}

found_in(plan_of_test) := findings if {
	findings := main.all_findings with input as plan_of_test
}

before := found_in(plan)

rules := {replace(name, "_", "-") | some name, _ in data.lectern.rules[_]}

known := {finding | some finding in before; finding.severity == "deny"}

test_nothing_is_denied_on_the_platform_as_it_is if known == set()

# What is wrong with the tables.
faults contains sprintf("%s: found by %v", [mutation.name, by]) if {
	some mutation in mutations
	by := {finding.rule | some finding in (found_in(mutation.plan) - before); finding.severity != "unknown"}
	by != {mutation.rule}
}

faults contains sprintf("%s: %s %s unknown: found %v", [rule, address, path, by]) if {
	some [rule, address, path] in unknowns
	mutated := with_changes(array.concat(without_resource(address), [set_unknown(resource_at(address), path)]))
	by := {[finding.rule, finding.severity] | some finding in (found_in(mutated) - before)}
	by != {[rule, "unknown"]}
}

test_every_mutation_is_found_by_its_rule_alone if {
	print(faults)
	count(faults) == 0
}

# The provider of AWS knows a map or a list with one unknown element not at all.
test_what_is_unknown_in_the_plan_of_the_platform_is_reported if {
	reported := {[finding.rule, finding.address] | some finding in before; finding.severity == "unknown"}
	expected := {
		["lambda-environment-secret", function],
		["network-endpoint-zones", "module.network.aws_vpc_endpoint.interface[\"kms\"]"],
	}
	expected - reported == set()
}

test_every_rule_has_a_mutation if {
	missing := (rules - {mutation.rule | some mutation in mutations}) - {"region-allowed"}
	print(missing)
	missing == set()
}

test_every_mutation_changes_something_that_is_in_the_fixture if {
	count(mutations) == ((count(changes) + count(removals)) + count(additions)) + 2
	count(mutations) >= 60
}

test_a_resource_that_is_only_deleted_is_not_checked if {
	deleted := json.patch(resource_at("aws_cloudtrail.all"), [
		{"op": "add", "path": "/change/actions", "value": ["delete"]},
		{"op": "add", "path": "/change/after", "value": null},
	])
	found_in(with_changes(array.concat(without_resource(deleted.address), [deleted]))) == before
}

test_an_update_and_no_op_are_checked if {
	every action in ["update", "no-op"] {
		changed := json.patch(resource_at("aws_cloudtrail.all"), [
			{"op": "add", "path": "/change/actions", "value": [action]},
			{"op": "add", "path": "/change/after/is_multi_region_trail", "value": false},
		])
		some finding in found_in(with_changes(array.concat(without_resource(changed.address), [changed])))
		finding.rule == "audit-trail"
	}
}

# A plan of somebody else: nothing of it is about functions, and the VPC may have its way out.
test_a_web_server_with_an_internet_gateway_has_no_findings if {
	resources := ["aws_vpc", "aws_internet_gateway", "aws_nat_gateway", "aws_instance", "aws_lb"]
	found_in({"resource_changes": [change |
		some type in resources
		change := {
			"address": sprintf("%s.this", [type]), "mode": "managed", "type": type, "name": "this",
			"change": {"actions": ["create"], "before": null, "after": {"load_balancer_type": "application"}, "after_unknown": {"id": true}},
		}
	]}) == set()
}

# The module puts vpc_config into a dynamic block, which is not in the configuration of a plan.
test_open_egress_is_unknown_if_no_one_knows_whose_group_it_is if {
	address := "module.network.aws_vpc_security_group_egress_rule.lambda_to_s3"
	inline := "module.network.aws_security_group.lambda"
	every change in [
		set_value(resource_at(address), "cidr_ipv4", "0.0.0.0/0"),
		set_value(resource_at(inline), "egress", [{"cidr_blocks": ["0.0.0.0/0"]}]),
	] {
		found := found_in(with_changes(array.concat(without_resource(change.address), [change]))) - before
		{[finding.rule, finding.severity, finding.address] | some finding in found} == {["network-egress", "unknown", change.address]}
	}
}

test_regions_of_the_file_are_the_only_ones if {
	some finding in main.all_findings with input as plan with data.lectern_policy as {"regions": ["eu-west-1"]}
	finding.rule == "region-allowed"
	allowed := main.all_findings with input as plan with data.lectern_policy as {"regions": ["us-east-1"]}
	allowed == before
}

test_a_link_through_a_local_value_is_unknown if {
	address := sprintf("module.storage.%s", ["aws_s3_bucket_versioning.files"])
	opaque := json.patch(plan, [{"op": "replace", "path": "/configuration/root_module/module_calls/storage/module/resources", "value": [resource |
		some written in plan.configuration.root_module.module_calls.storage.module.resources
		resource := local_bucket(written)
	]}])
	found := found_in(opaque)
	some finding in found
	finding.severity == "unknown"
	finding.rule == "s3-versioning"
	finding.address == sprintf("%s.files", [files])
	address != finding.address
	lib.bare(address) == address
}

local_bucket(resource) := object.union(resource, {"expressions": {"bucket": {"references": ["local.bucket"]}}}) if {
	resource.type in {"aws_s3_bucket_versioning", "aws_s3_bucket_policy"}
} else := resource
