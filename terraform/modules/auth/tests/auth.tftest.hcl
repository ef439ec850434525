mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_cognito_user_pool" {
    defaults = {
      id       = "eu-west-1_AbCdEfGhI"
      arn      = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"
      endpoint = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
    }
  }

  mock_resource "aws_cognito_user_pool_client" {
    defaults = { id = "1234567890abcdefghijklmnop" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-cognito-sms" }
  }
}

variables {
  name = "edu"
}

run "a_pool_with_a_second_factor_and_strong_passwords" {
  command = apply

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "ON" && aws_cognito_user_pool.this.software_token_mfa_configuration[0].enabled
    error_message = "Everybody has a second factor, by an app with codes (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool.this.password_policy[0].minimum_length == 12 && alltrue([for class in ["require_lowercase", "require_numbers", "require_symbols", "require_uppercase"] : aws_cognito_user_pool.this.password_policy[0][class]])
    error_message = "Passwords are long and of every class (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool.this.password_policy[0].temporary_password_validity_days == 3
    error_message = "A temporary password has an end (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool.this.auto_verified_attributes == toset(["email"]) && aws_cognito_user_pool.this.user_attribute_update_settings[0].attributes_require_verification_before_update == toset(["email"])
    error_message = "Addresses are verified, also new ones (D10)."
  }

  assert {
    condition     = [for mechanism in aws_cognito_user_pool.this.account_recovery_setting[0].recovery_mechanism : mechanism.name] == ["verified_email"]
    error_message = "Accounts are recovered by mail (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The pool is protected (D10)."
  }

  assert {
    condition     = length(aws_iam_role.sms) + length(aws_cognito_user_pool_domain.this) + length(aws_cognito_user_pool.this.sms_configuration) + length(aws_cognito_user_pool.this.email_configuration) == 0
    error_message = "Nothing is made that was not asked for."
  }

  assert {
    condition     = output.alarm_target == { user_pool_id = "eu-west-1_AbCdEfGhI", client_id = "1234567890abcdefghijklmnop" }
    error_message = "A bundle takes the pool as target (C6)."
  }

  assert {
    condition     = output.issuer == "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
    error_message = "The issuer is what tokens say."
  }
}

run "a_client_without_a_secret" {
  command = plan

  assert {
    condition     = !aws_cognito_user_pool_client.app.generate_secret && aws_cognito_user_pool_client.app.enable_token_revocation && aws_cognito_user_pool_client.app.prevent_user_existence_errors == "ENABLED"
    error_message = "The apps' client has no secret, revokes tokens and does not tell who is a user (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool_client.app.explicit_auth_flows == toset(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]) && !aws_cognito_user_pool_client.app.allowed_oauth_flows_user_pool_client
    error_message = "Passwords are proven, not sent, and there is no OAuth flow without an address to return to (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool_client.app.access_token_validity == 30 && aws_cognito_user_pool_client.app.token_validity_units[0].access_token == "minutes" && aws_cognito_user_pool_client.app.refresh_token_validity == 30 && aws_cognito_user_pool_client.app.token_validity_units[0].refresh_token == "days"
    error_message = "Tokens are good for half an hour, and refreshed for a month (D10)."
  }
}

run "nobody_signs_up_unless_it_is_said" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.admin_create_user_config[0].allow_admin_create_user_only
    error_message = "Administrators invite (D10)."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "a_schools_own_sign_in_and_attributes" {
  command = apply

  variables {
    identity_providers        = { school = { type = "OIDC", details = { client_id = "edu", oidc_issuer = "https://login.school.example", authorize_scopes = "openid email" }, identifiers = ["school.example"] } }
    identity_provider_secrets = { school = "never-shown" }
    custom_attributes         = { school = { max = 64 }, year = { type = "Number", min = 1, max = 13 } }
  }

  assert {
    condition     = aws_cognito_user_pool_client.app.supported_identity_providers == toset(["COGNITO", "school"]) && aws_cognito_identity_provider.this["school"].provider_type == "OIDC"
    error_message = "The apps' client takes both (D10)."
  }

  assert {
    condition     = nonsensitive(aws_cognito_identity_provider.this["school"].provider_details.client_secret == "never-shown") && issensitive(aws_cognito_identity_provider.this["school"].provider_details.client_secret)
    error_message = "The secret is handed on and not shown."
  }

  assert {
    condition     = { for attribute in aws_cognito_user_pool.this.schema : attribute.name => attribute.attribute_data_type } == { email = "String", school = "String", year = "Number" }
    error_message = "The pool has the attributes."
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region               = "eu-central-1"
    tags                 = { team = "platform" }
    permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
    sms                  = {}
  }

  assert {
    condition     = alltrue([for resource in [aws_cognito_user_pool.this] : resource.region == "eu-central-1" && resource.tags.team == "platform"])
    error_message = "All is where it was wanted and has the tags."
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.sms) : role.permissions_boundary == "arn:aws:iam::123456789012:policy/developers" && endswith(role.name, "-eu-central-1")])
    error_message = "The role is bounded, and another region's has another name (D6)."
  }
}

run "hosted_pages_with_the_code_grant" {
  command = plan

  variables {
    callback_urls = ["https://learn.example.com/signed-in", "http://localhost:5173/signed-in", "com.example.learn:/signed-in"]
    domain        = { name = "edu-sign-in" }
  }

  assert {
    condition     = aws_cognito_user_pool_client.app.allowed_oauth_flows == toset(["code"]) && aws_cognito_user_pool_client.app.allowed_oauth_flows_user_pool_client
    error_message = "The code grant, and no other (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool_domain.this["main"].domain == "edu-sign-in" && output.domain == "edu-sign-in"
    error_message = "The pages have the name given."
  }
}

run "a_domain_of_ones_own" {
  command = plan

  variables {
    domain = { name = "sign-in.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678" }
  }

  assert {
    condition     = aws_cognito_user_pool_domain.this["main"].certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/12345678"
    error_message = "The pages have the certificate given."
  }
}

run "phones_are_verified_with_sms" {
  command = apply

  variables {
    sms = {}
  }

  assert {
    condition     = aws_cognito_user_pool.this.auto_verified_attributes == toset(["email", "phone_number"]) && aws_cognito_user_pool.this.user_attribute_update_settings[0].attributes_require_verification_before_update == toset(["email", "phone_number"])
    error_message = "Phone numbers are verified as addresses are (D10)."
  }

  assert {
    condition     = aws_cognito_user_pool.this.sms_configuration[0].sns_caller_arn == aws_iam_role.sms["main"].arn
    error_message = "SMS are sent as the role (D10)."
  }

  assert {
    condition     = { for condition in data.aws_iam_policy_document.assumed_by_cognito.statement[0].condition : condition.variable => one(condition.values) }["sts:ExternalId"] == aws_cognito_user_pool.this.sms_configuration[0].external_id
    error_message = "Only who says the pool's external id is the role (D6)."
  }

  assert {
    condition     = data.aws_iam_policy_document.sms.statement[0].actions == toset(["sns:Publish"]) && data.aws_iam_policy_document.sms.statement[0].not_resources == toset(["arn:aws:sns:*:*:*"])
    error_message = "The role publishes to phones and to no topic (D6)."
  }

  assert {
    condition     = [for mechanism in aws_cognito_user_pool.this.account_recovery_setting[0].recovery_mechanism : mechanism.name] == ["verified_email"]
    error_message = "Recovery stays by mail: SMS is a second factor now (D10)."
  }
}

run "threat_protection_takes_the_larger_plan" {
  command = plan

  variables {
    advanced_security_mode = "ENFORCED"
  }

  assert {
    condition     = aws_cognito_user_pool.this.user_pool_add_ons[0].advanced_security_mode == "ENFORCED" && aws_cognito_user_pool.this.user_pool_tier == "PLUS"
    error_message = "The mode and its plan go together (D10)."
  }
}

run "groups_with_admin_among_them" {
  command = plan

  variables {
    groups = { teacher = { precedence = 10 }, student = { description = "Students" } }
  }

  assert {
    condition     = output.groups == ["admin", "student", "teacher"] && output.admin_group == "admin" && aws_cognito_user_group.this["admin"].precedence == 0
    error_message = "admin is always there, and the strongest (A1, D10)."
  }
}

run "mail_by_ones_own_sender" {
  command = plan

  variables {
    email = { ses_identity_arn = "arn:aws:ses:eu-west-1:123456789012:identity/example.com", from = "Edu <no-reply@example.com>" }
  }

  assert {
    condition     = aws_cognito_user_pool.this.email_configuration[0].email_sending_account == "DEVELOPER" && aws_cognito_user_pool.this.email_configuration[0].from_email_address == "Edu <no-reply@example.com>"
    error_message = "Mail is sent by the identity given."
  }
}

run "invited_users_only" {
  command = plan

  variables {
    self_sign_up = false
  }

  assert {
    condition     = aws_cognito_user_pool.this.admin_create_user_config[0].allow_admin_create_user_only
    error_message = "Nobody signs up by themself."
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a provider that cognito does not know is refused
    identity_providers = { school = { type = "LDAP", details = {} } }

    # an attribute of no type is refused
    custom_attributes = { year = { type = "Integer" } }

    # a name with capitals is refused
    name = "Edu"

    # no second factor is refused
    mfa = "OFF"

    # a zone in the place of the region is refused
    sms = { region = "eu-west-1a" }

    # a short password is refused
    password_minimum_length = 8

    # a temporary password for ever is refused
    temporary_password_validity_days = 366

    # a mode of threat protection that is none is refused
    advanced_security_mode = "ON"

    # a sender without an address is refused
    email = { ses_identity_arn = "arn:aws:ses:eu-west-1:123456789012:identity/example.com", from = "Edu" }

    # a group that reads as two is refused
    groups = { "x,admin" = {} }

    # a flow with aws credentials is refused
    auth_flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]

    # a return without tls is refused
    callback_urls = ["http://learn.example.com/signed-in"]

    # a return from signing out without tls is refused
    logout_urls = ["http://learn.example.com/"]

    # a token for two days is refused
    token_validity = { id_minutes = 2880 }

    # a domain with a name of amazons is refused
    domain = { name = "edu-cognito" }
  }

  expect_failures = [
    var.identity_providers,
    var.custom_attributes,
    var.name,
    var.mfa,
    var.sms,
    var.password_minimum_length,
    var.temporary_password_validity_days,
    var.advanced_security_mode,
    var.email,
    var.groups,
    var.auth_flows,
    var.callback_urls,
    var.logout_urls,
    var.token_validity,
    var.domain,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a secret in plain sight is refused
    identity_providers = { school = { type = "OIDC", details = { client_secret = "shown" } } }

    # a second admin is refused
    groups = { admin = { description = "Others" } }

    # a return to anywhere is refused
    callback_urls = ["https://*.example.com/"]

    # a refresh shorter than the tokens is refused
    token_validity = { access_minutes = 1440, refresh_days = 1 }

    # a host name without a certificate is refused
    domain = { name = "sign-in.example.com" }
  }

  expect_failures = [
    var.identity_providers,
    var.groups,
    var.callback_urls,
    var.token_validity,
    var.domain,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a secret of nobody is refused
    identity_provider_secrets = { school = "never-shown" }

    # a group as strong as admin is refused
    groups = { teacher = { precedence = 0 } }

    # a return to a script is refused
    callback_urls = ["javascript:/alert(1)"]

    # a certificate of another region is refused
    domain = { name = "sign-in.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678" }
  }

  expect_failures = [
    var.identity_provider_secrets,
    var.groups,
    var.callback_urls,
    var.domain,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
    ses_identity_arn     = "arn:aws:ses:eu-west-1:123456789012:identity/example.com"
    school_client_secret = "not-a-secret"
  }
}
