# For the local cloud: no second factor and a plain sign-in, so that a script can be a user. The other variables are given beside this
# file: they have the addresses of the local cloud.
name          = "edu"
local_cloud   = true
mfa           = "OPTIONAL"
auth_flows    = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
force_destroy = true

# It has no DNS firewall.
dns_firewall = null

manage_account_logging_role = true
