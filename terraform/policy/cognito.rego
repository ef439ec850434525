# User pools.
package lectern.rules.cognito

import data.lectern.lib

# METADATA
# title: A user pool requires a second factor
# scope: document
# custom:
#   requirement: D10
#   severity: deny
#   fix: Set mfa_configuration = "ON" and software_token_mfa_configuration { enabled = true }.
cognito_mfa contains lib.found(chain, pool.address, sprintf("mfa_configuration is %v", [mode])) if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	not lib.is_unknown(pool, ["mfa_configuration"])
	mode := object.get(pool.after, "mfa_configuration", "OFF")
	mode in {"OFF", null}
}

cognito_mfa contains lib.not_known(chain, pool.address, "mfa_configuration") if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	lib.is_unknown(pool, ["mfa_configuration"])
}

# METADATA
# title: A second factor is not left to the users
# scope: document
# custom:
#   requirement: D10
#   severity: warn
#   fix: Set mfa_configuration = "ON", or add an exception with the reason.
cognito_mfa_optional contains lib.found(chain, pool.address, "mfa_configuration is OPTIONAL") if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	pool.after.mfa_configuration == "OPTIONAL"
}

# METADATA
# title: Passwords are long and of four classes
# scope: document
# custom:
#   requirement: D10
#   severity: deny
#   fix: Set password_policy with minimum_length of 12 or more and all four require arguments = true.
cognito_password contains lib.found(chain, pool.address, sprintf("minimum_length is %v", [length])) if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	not lib.is_unknown(pool, ["password_policy"])
	length := object.get(pool.after, ["password_policy", 0, "minimum_length"], 8)
	length < lib.threshold("password_length")
}

cognito_password contains lib.found(chain, pool.address, sprintf("%s is not true", [argument])) if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	not lib.is_unknown(pool, ["password_policy"])
	some argument in {"require_lowercase", "require_numbers", "require_symbols", "require_uppercase"}
	not lib.is_unknown(pool, ["password_policy", 0, argument])
	not object.get(pool.after, ["password_policy", 0, argument], false) == true
}

cognito_password contains lib.not_known(chain, pool.address, "password_policy") if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	lib.is_unknown(pool, ["password_policy"])
}

# METADATA
# title: Users verify an address and can recover an account
# scope: document
# custom:
#   requirement: D10
#   severity: deny
#   fix: Set auto_verified_attributes and account_recovery_setting.
cognito_recovery contains lib.found(chain, pool.address, sprintf("%s is not set", [argument])) if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	some argument in {"account_recovery_setting", "auto_verified_attributes"}
	lib.is_empty(lib.value(pool, [argument]))
	not lib.is_unknown(pool, [argument])
}

# METADATA
# title: A user pool cannot be deleted by mistake
# scope: document
# custom:
#   requirement: D10
#   severity: warn
#   fix: Set deletion_protection = "ACTIVE".
cognito_deletion_protection contains lib.found(chain, pool.address, "deletion_protection is not ACTIVE") if {
	chain := rego.metadata.chain()
	some pool in lib.of_type("aws_cognito_user_pool")
	not pool.after.deletion_protection == "ACTIVE"
	not lib.is_unknown(pool, ["deletion_protection"])
}
