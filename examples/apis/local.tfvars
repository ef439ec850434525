# For a local cloud: no second factor and a plain sign-in, so that a script can be a user, and no dashboard, which it does not have.
# bucket, mongo_secret_arn and environment are given beside this file.
name          = "edu"
local_cloud   = true
mfa           = "OPTIONAL"
auth_flows    = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
cors_origins  = ["http://localhost:5173"]
dashboard     = false
force_destroy = true
