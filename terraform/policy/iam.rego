# Roles.
package lectern.rules.iam

import data.lectern.about
import data.lectern.lib

# METADATA
# title: No policy of a role allows all actions of a service
# scope: document
# custom:
#   requirement: D6
#   severity: deny
#   fix: List the actions that are needed.
iam_actions contains lib.found(chain, policy.address, sprintf("Allow %s", [action])) if {
	chain := rego.metadata.chain()
	some policy in about.role_policies
	some statement in lib.statements(policy, "policy")
	statement.effect == "Allow"
	some action in statement.actions
	endswith(action, "*")
	regex.match(`^(\*|[A-Za-z0-9-]+:\*)$`, action)
}

iam_actions contains lib.not_known(chain, policy.address, "policy") if {
	chain := rego.metadata.chain()
	some policy in about.role_policies
	lib.is_dark(policy, "policy")
}

# METADATA
# title: No policy of a role allows data access to all resources
# scope: document
# custom:
#   requirement: D6
#   severity: deny
#   fix: Name the ARNs of the buckets, keys, secrets and roles in Resource.
iam_resources contains lib.found(chain, policy.address, sprintf("Allow %s on *", [action])) if {
	chain := rego.metadata.chain()
	some policy in about.role_policies
	some statement in lib.statements(policy, "policy")
	statement.effect == "Allow"
	"*" in statement.resources
	count(statement.conditions) == 0
	some action in statement.actions
	split(action, ":")[0] in {"dynamodb", "kms", "lambda", "s3", "secretsmanager", "sqs", "sts"}
	not startswith(action, "s3:ListAllMyBuckets")
	not action in {"sts:GetCallerIdentity", "kms:ListAliases", "kms:ListKeys", "lambda:ListFunctions", "sqs:ListQueues", "secretsmanager:ListSecrets", "secretsmanager:GetRandomPassword"}
}

# METADATA
# title: Functions reach objects in S3 through an assumed role
# scope: document
# custom:
#   requirement: B6
#   severity: warn
#   fix: Allow the role of the function sts:AssumeRole on a second role only, and give that role the access to S3.
iam_s3_assumed contains lib.found(chain, policy.address, sprintf("Allow %s to the role of a function", [action])) if {
	chain := rego.metadata.chain()
	some policy in lib.of_type("aws_iam_role_policy")
	some statement in lib.statements(policy, "policy")
	statement.effect == "Allow"
	some action in statement.actions
	regex.match(`^s3:(\*|(Get|Put|Delete)(\*|Object))`, action)
	some role in lib.of_type("aws_iam_role")
	lib.is_linked(policy, "role", role)
	about.is_of_functions(role)
}
