# For the local cloud: no second factor and a plain sign-in, so that a script can be a user. bucket, mongo_secret_arn, packages and
# environment (the functions' way to the local cloud) are given beside this file.
name          = "edu"
mfa           = "OPTIONAL"
auth_flows    = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
force_destroy = true
