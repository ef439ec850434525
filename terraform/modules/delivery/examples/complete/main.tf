# A pipeline with drift detection, and two functions whose aliases CodeDeploy moves.

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

variable "connection_arn" {
  description = "ARN of the connection to GitHub."
  type        = string
}

variable "topics" {
  description = "The output topics of the module monitoring."
  type = map(object({
    arn         = string
    kms_key_arn = string
  }))
}

variable "state_key_arn" {
  description = "ARN of the key that encrypts the state."
  type        = string
}

module "delivery" {
  source = "../.."

  name                 = "edu"
  region               = "eu-west-1"
  artifacts_bucket     = "edu-artifacts"
  artifacts_days       = 90
  access_logs          = { bucket = "edu-artifacts-logs" }
  state_bucket         = { arn = "arn:aws:s3:::edu-state", prefix = "platform/", kms_key_arn = var.state_key_arn }
  permissions_boundary = var.boundary_arn
  apply_policy_arns    = { platform = var.apply_policy_arn }
  log_retention_days   = 365
  tags                 = { team = "platform" }

  pipeline = {
    connection_arn = var.connection_arn
    repository     = "school/platform"
    folder         = "infrastructure"
    ci_folder      = "vendor/lectern/terraform/ci"
    mirror         = "s3://edu-artifacts/mirror"
    approval_topic = var.topics["warning"]
  }

  drift = {
    schedule_expression = "cron(0 5 * * ? *)"
    silent_days         = 3
    topic               = var.topics["warning"]
  }

  functions = {
    upload = {
      function_name = "edu-upload-api"
      alarm_names   = ["edu/lambda/upload/errors/critical", "edu/lambda/upload/throttles/critical"]
    }
    download = {
      function_name = "edu-download-api"
      alarm_names   = ["edu/lambda/download/errors/critical"]
      shift         = { type = "linear", percent = 20, minutes = 2 }
      hooks         = { before = "arn:aws:lambda:eu-west-1:123456789012:function:edu-smoke-test" }
    }
  }
}

output "extra_alarms" {
  description = "Alarms for extra_alarms of the module monitoring."
  value       = module.delivery.extra_alarms
}

output "artifacts" {
  description = "The artifacts bucket, for source of the module recovery."
  value       = module.delivery.artifacts
}

output "rollouts" {
  description = "How the functions are deployed, for the output rollouts of the platform."
  value       = module.delivery.rollouts
}
