# The client of the web and mobile apps.

locals {
  hosted = length(var.callback_urls) > 0
}

resource "aws_cognito_user_pool_client" "app" {
  region       = var.region
  name         = "${var.name}-app"
  user_pool_id = aws_cognito_user_pool.this.id

  # An app in a browser or on a phone cannot keep a secret; its proof is PKCE.
  generate_secret = false

  explicit_auth_flows = var.auth_flows

  # The code grant only: in the implicit one, tokens are part of an address.
  allowed_oauth_flows_user_pool_client = local.hosted
  allowed_oauth_flows                  = local.hosted ? ["code"] : []
  allowed_oauth_scopes                 = local.hosted ? ["openid", "email", "profile"] : []
  callback_urls                        = var.callback_urls
  logout_urls                          = var.logout_urls
  supported_identity_providers         = concat(["COGNITO"], values(aws_cognito_identity_provider.this)[*].provider_name)

  access_token_validity  = var.token_validity.access_minutes
  id_token_validity      = var.token_validity.id_minutes
  refresh_token_validity = var.token_validity.refresh_days

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }

  # Signing out ends the refresh token and what came from it. API Gateway checks signatures only: a token that is out there is
  # good until it expires, which is why it is short-lived.
  enable_token_revocation = true

  # A wrong password and an unknown user get the same answer.
  prevent_user_existence_errors = "ENABLED"
}

resource "aws_cognito_user_pool_domain" "this" {
  for_each = var.domain == null ? {} : { main = var.domain }

  region          = var.region
  user_pool_id    = aws_cognito_user_pool.this.id
  domain          = each.value.name
  certificate_arn = each.value.certificate_arn
}

# Others who say who somebody is, such as a school's own sign-in.
resource "aws_cognito_identity_provider" "this" {
  for_each = var.identity_providers

  region            = var.region
  user_pool_id      = aws_cognito_user_pool.this.id
  provider_name     = each.key
  provider_type     = each.value.type
  provider_details  = merge(each.value.details, contains(local.with_secrets, each.key) ? { client_secret = var.identity_provider_secrets[each.key] } : {})
  attribute_mapping = each.value.attribute_mapping
  idp_identifiers   = each.value.identifiers
}

locals {
  # Whose secret there is, is none.
  with_secrets = nonsensitive(keys(var.identity_provider_secrets))
}
