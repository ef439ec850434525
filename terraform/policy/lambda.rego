# Functions and their logs.
package lectern.rules.lambda

import data.lectern.about
import data.lectern.lib

# METADATA
# title: A function that an API invokes is in two subnets of a VPC
# scope: document
# custom:
#   requirement: B4
#   severity: deny
#   fix: Set vpc_config with subnet_ids of two Availability Zones and security_group_ids.
lambda_vpc contains lib.found(chain, function.address, "the function has no vpc_config") if {
	chain := rego.metadata.chain()
	some function in about.api_functions
	lib.is_empty(lib.value(function, ["vpc_config"]))
	not lib.is_unknown(function, ["vpc_config"])
}

lambda_vpc contains lib.found(chain, function.address, "vpc_config.subnet_ids has fewer than two subnets") if {
	chain := rego.metadata.chain()
	some function in about.api_functions
	subnets := lib.value(function, ["vpc_config", 0, "subnet_ids"])
	not lib.is_partly_unknown(function, ["vpc_config", 0, "subnet_ids"])
	count(subnets) < 2
}

lambda_vpc contains lib.not_known(chain, function.address, "vpc_config") if {
	chain := rego.metadata.chain()
	some function in about.api_functions
	lib.is_unknown(function, ["vpc_config"])
}

# METADATA
# title: Environment variables are encrypted with a customer managed key
# scope: document
# custom:
#   requirement: D3
#   severity: warn
#   fix: Set kms_key_arn of the function.
lambda_environment_key contains lib.found(chain, function.address, "kms_key_arn is not set and the function has environment variables") if {
	chain := rego.metadata.chain()
	some function in lib.of_type("aws_lambda_function")
	not lib.is_empty(lib.value(function, ["environment"]))
	lib.is_empty(lib.value(function, ["kms_key_arn"]))
	not lib.is_unknown(function, ["kms_key_arn"])
}

# METADATA
# title: Environment variables hold no secrets
# scope: document
# custom:
#   requirement: D2
#   severity: deny
#   fix: Put the secret into Secrets Manager and its ARN into the variable.
lambda_environment_secret contains lib.found(chain, function.address, sprintf("the environment variable %s holds a credential", [name])) if {
	chain := rego.metadata.chain()
	some function in lib.of_type("aws_lambda_function")
	some name, text in lib.value(function, ["environment", 0, "variables"])
	about.is_secret(name, text)
}

lambda_environment_secret contains lib.not_known(chain, function.address, "environment.variables") if {
	chain := rego.metadata.chain()
	some function in lib.of_type("aws_lambda_function")
	lib.is_unknown(function, ["environment", 0, "variables"])
}

# METADATA
# title: A log group has a retention and a customer managed key
# scope: document
# custom:
#   requirement: D3
#   severity: warn
#   fix: Set retention_in_days and kms_key_id of the log group.
lambda_log_group contains lib.found(chain, group.address, "retention_in_days is not set or too short") if {
	chain := rego.metadata.chain()
	some group in lib.of_type("aws_cloudwatch_log_group")
	not lib.is_unknown(group, ["retention_in_days"])
	days := object.get(group.after, "retention_in_days", 0)
	about.is_short(days)
}

lambda_log_group contains lib.found(chain, group.address, "kms_key_id is not set") if {
	chain := rego.metadata.chain()
	some group in lib.of_type("aws_cloudwatch_log_group")
	lib.is_empty(lib.value(group, ["kms_key_id"]))
	not lib.is_unknown(group, ["kms_key_id"])
}

# METADATA
# title: A function that an API invokes publishes versions and has an alias
# scope: document
# custom:
#   requirement: D5
#   severity: deny
#   fix: Set publish = true, add aws_lambda_alias, and point the permission at the alias with qualifier.
lambda_alias contains lib.found(chain, function.address, "publish is not true") if {
	chain := rego.metadata.chain()
	some function in about.api_functions
	not function.after.publish == true
	not lib.is_unknown(function, ["publish"])
}

lambda_alias contains lib.found(chain, permission.address, "qualifier is not set, so API Gateway may invoke the unpublished version") if {
	chain := rego.metadata.chain()
	some permission in about.api_permissions
	lib.is_empty(lib.value(permission, ["qualifier"]))
	not lib.is_unknown(permission, ["qualifier"])
}

lambda_alias contains lib.found(chain, function.address, "the function has no aws_lambda_alias") if {
	chain := rego.metadata.chain()
	some function in about.api_functions
	lib.lacks_linked({"aws_lambda_alias"}, "function_name", function)
}
