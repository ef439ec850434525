# Hosted pages on a domain of one's own, a school's OIDC provider, groups, SMS, SES and threat protection.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "certificate_arn" {
  description = "ARN of an ACM certificate in us-east-1 for sign-in.example.com."
  type        = string
}

variable "ses_identity_arn" {
  description = "ARN of a verified SES identity."
  type        = string
}

variable "school_client_secret" {
  description = "Client secret of the school's OIDC provider."
  type        = string
  sensitive   = true
}

module "auth" {
  source = "../.."

  name = "edu"
  groups = {
    teacher = { description = "Teachers", precedence = 10 }
    student = { description = "Students", precedence = 20 }
  }

  callback_urls = ["https://learn.example.com/signed-in"]
  logout_urls   = ["https://learn.example.com/"]
  domain        = { name = "sign-in.example.com", certificate_arn = var.certificate_arn }

  identity_providers = {
    school = {
      type = "OIDC"
      details = {
        client_id                 = "lectern"
        oidc_issuer               = "https://id.school.example.com"
        authorize_scopes          = "openid email"
        attributes_request_method = "GET"
      }
    }
  }
  identity_provider_secrets = { school = var.school_client_secret }

  mfa                    = "ON"
  sms                    = {}
  email                  = { ses_identity_arn = var.ses_identity_arn, from = "Edu <no-reply@example.com>" }
  advanced_security_mode = "ENFORCED"
  custom_attributes      = { cohort = { max = 32 } }
  token_validity         = { id_minutes = 15, access_minutes = 15, refresh_days = 7 }
  tags                   = { team = "platform" }
}

output "issuer" {
  description = "Issuer of the tokens."
  value       = module.auth.issuer
}

output "alias_record" {
  description = "Target of the alias record for sign-in.example.com."
  value       = module.auth.domain_cloudfront
}
