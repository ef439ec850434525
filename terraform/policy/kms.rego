# Keys and secrets.
package lectern.rules.kms

import data.lectern.lib

# METADATA
# title: A customer managed key is rotated
# scope: document
# custom:
#   requirement: D3
#   severity: deny
#   fix: Set enable_key_rotation = true.
kms_rotation contains lib.found(chain, key.address, "enable_key_rotation is not true") if {
	chain := rego.metadata.chain()
	some key in lib.of_type("aws_kms_key")
	object.get(key.after, "customer_master_key_spec", "SYMMETRIC_DEFAULT") in {"SYMMETRIC_DEFAULT", null}
	not key.after.enable_key_rotation == true
	not lib.is_unknown(key, ["enable_key_rotation"])
}

kms_rotation contains lib.not_known(chain, key.address, "enable_key_rotation") if {
	chain := rego.metadata.chain()
	some key in lib.of_type("aws_kms_key")
	lib.is_unknown(key, ["enable_key_rotation"])
}

# METADATA
# title: No key policy allows everybody
# scope: document
# custom:
#   requirement: D3
#   severity: deny
#   fix: Name the principals, or add a condition such as kms:CallerAccount.
kms_principal contains lib.found(chain, key.address, "a statement allows the principal * without a condition") if {
	chain := rego.metadata.chain()
	some key in lib.of_types({"aws_kms_key", "aws_kms_key_policy"})
	some statement in lib.statements(key, "policy")
	statement.effect == "Allow"
	"*" in statement.principals
	count(statement.conditions) == 0
}

kms_principal contains lib.not_known(chain, key.address, "policy") if {
	chain := rego.metadata.chain()
	some key in lib.of_types({"aws_kms_key", "aws_kms_key_policy"})
	lib.configured[key.config].expressions.policy
	lib.is_dark(key, "policy")
}

# METADATA
# title: A secret is rotated
# scope: document
# custom:
#   requirement: D2
#   severity: warn
#   fix: Add aws_secretsmanager_secret_rotation with automatically_after_days of 90 or less.
secret_rotation contains lib.found(chain, secret.address, "the secret has no aws_secretsmanager_secret_rotation") if {
	chain := rego.metadata.chain()
	some secret in lib.of_type("aws_secretsmanager_secret")
	lib.lacks_linked({"aws_secretsmanager_secret_rotation"}, "secret_id", secret)
}

secret_rotation contains lib.found(chain, rotation.address, sprintf("automatically_after_days is %v", [days])) if {
	chain := rego.metadata.chain()
	some rotation in lib.of_type("aws_secretsmanager_secret_rotation")
	days := rotation.after.rotation_rules[0].automatically_after_days
	days > lib.threshold("secret_rotation_days")
}

# METADATA
# title: A secret is encrypted with a customer managed key
# scope: document
# custom:
#   requirement: D3
#   severity: deny
#   fix: Set kms_key_id.
secret_key contains lib.found(chain, secret.address, "kms_key_id is not set") if {
	chain := rego.metadata.chain()
	some secret in lib.of_type("aws_secretsmanager_secret")
	lib.is_empty(lib.value(secret, ["kms_key_id"]))
	not lib.is_unknown(secret, ["kms_key_id"])
}
