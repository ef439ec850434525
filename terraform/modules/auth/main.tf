# The user pool (D10). What signs a user in and how attributes are verified cannot be changed once the pool is there: AWS replaces
# the pool, with all its users. Deletion protection makes that an error instead of a loss.

locals {
  sms = var.sms == null ? {} : { main = var.sms }
  # A phone can be verified only by a pool that may send SMS.
  verified = concat(["email"], [for key in keys(local.sms) : "phone_number"])
  # Guards against stolen passwords and odd sign-ins belong to the larger of Cognito's plans.
  tier = var.advanced_security_mode == "OFF" ? "ESSENTIALS" : "PLUS"
}

resource "aws_cognito_user_pool" "this" {
  # Cognito tries to send by the role when it is given one.
  depends_on = [aws_iam_role_policy.sms]

  region              = var.region
  tags                = var.tags
  name                = var.name
  user_pool_tier      = local.tier
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # People sign in with their address, whatever its letters' case.
  username_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  schema {
    name                = "email"
    attribute_data_type = "String"
    required            = true
    mutable             = true

    # Cognito's own limits: left out, every plan would show them as a change.
    string_attribute_constraints {
      min_length = "0"
      max_length = "2048"
    }
  }

  # Cognito calls them custom:<name>. Each can be added and never changed or taken away: AWS would replace the pool.
  dynamic "schema" {
    for_each = var.custom_attributes

    content {
      name                = schema.key
      attribute_data_type = schema.value.type
      required            = false
      mutable             = schema.value.mutable

      dynamic "string_attribute_constraints" {
        for_each = schema.value.type == "String" ? [schema.value] : []

        content {
          min_length = tostring(string_attribute_constraints.value.min)
          max_length = tostring(string_attribute_constraints.value.max)
        }
      }

      dynamic "number_attribute_constraints" {
        for_each = schema.value.type == "Number" ? [schema.value] : []

        content {
          min_value = tostring(number_attribute_constraints.value.min)
          max_value = tostring(number_attribute_constraints.value.max)
        }
      }
    }
  }

  auto_verified_attributes = local.verified

  # A new address counts only when it is proven, so that a typing error or a thief does not lock the user out.
  user_attribute_update_settings {
    attributes_require_verification_before_update = local.verified
  }

  mfa_configuration = var.mfa

  software_token_mfa_configuration {
    enabled = true
  }

  # With it, SMS is a second factor too: the pool's setting is one for both.
  dynamic "sms_configuration" {
    for_each = local.sms

    content {
      external_id    = local.sms_external_id
      sns_caller_arn = aws_iam_role.sms[sms_configuration.key].arn
      sns_region     = sms_configuration.value.region
    }
  }

  # By mail alone: who has SMS as second factor may not recover by SMS, since one stolen phone would then be enough.
  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # There is no expiry of a user's own password to set, only of the temporary one of an invitation.
  password_policy {
    minimum_length                   = var.password_minimum_length
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = var.temporary_password_validity_days
  }

  admin_create_user_config {
    allow_admin_create_user_only = !var.self_sign_up
  }

  user_pool_add_ons {
    advanced_security_mode = var.advanced_security_mode
  }

  dynamic "email_configuration" {
    for_each = var.email[*]

    content {
      email_sending_account  = "DEVELOPER"
      source_arn             = email_configuration.value.ses_identity_arn
      from_email_address     = email_configuration.value.from
      reply_to_email_address = email_configuration.value.reply_to
    }
  }
}

# Groups arrive in the token, and from there in the handlers, as one string. The handlers compare whole elements.
resource "aws_cognito_user_group" "this" {
  for_each = merge(var.groups, { admin = { description = "Administrators: may upload files", precedence = 0 } })

  region       = var.region
  user_pool_id = aws_cognito_user_pool.this.id
  name         = each.key
  description  = each.value.description
  precedence   = each.value.precedence
}
