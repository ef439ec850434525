# The two roles for workflows of one GitHub repository, and a bucket for packages.

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

variable "boundary_arn" {
  description = "ARN of the policy that limits every role of the platform."
  type        = string
}

variable "apply_policy_arn" {
  description = "ARN of the policy with the actions that an apply needs."
  type        = string
}

variable "github_provider_arn" {
  description = "ARN of the OIDC provider for token.actions.githubusercontent.com."
  type        = string
}

module "delivery" {
  source = "../.."

  name                 = "edu"
  artifacts_bucket     = "edu-artifacts"
  state_bucket         = { arn = "arn:aws:s3:::edu-state" }
  permissions_boundary = var.boundary_arn
  apply_policy_arns    = { platform = var.apply_policy_arn }
  github               = { repository = "school/platform", provider_arn = var.github_provider_arn }
}

output "plan_role_arn" {
  description = "Value of the variable PLAN_ROLE_ARN in GitHub."
  value       = module.delivery.plan_role_arn
}

output "apply_role_arn" {
  description = "Value of the variable APPLY_ROLE_ARN in GitHub."
  value       = module.delivery.apply_role_arn
}
