# For a local cloud: no second factor and a plain sign-in, so that a script can be a user. bucket, mongo_secret and environment
# (the functions' way to it) are given beside this file.
name          = "edu"
local_cloud   = true
mfa           = "OPTIONAL"
auth_flows    = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
cors_origins  = ["http://localhost:5173"]
force_destroy = true

# It has no such firewall.
dns_firewall = null

manage_account_logging_role = true
