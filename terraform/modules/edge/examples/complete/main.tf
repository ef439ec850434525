# Both regions while the header's value changes, with a pinned version, a group on trial, all requests logged, and Shield Advanced.

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

variable "origin_verify_values" {
  description = "The new value of the header and the value before it."
  type        = list(string)
  sensitive   = true
}

variable "distribution_arn" {
  description = "The output arn of the module cdn. It can be made of this module's outputs: the web ACLs do not wait for it."
  type        = string
}

variable "log_key_arns" {
  description = "ARNs of customer managed keys whose policies allow CloudWatch Logs to use them, by region."
  type        = map(string)
}

module "edge" {
  source = "../.."

  name          = "edu"
  region        = "eu-west-1"
  origin_verify = { header = "x-edu-origin", values = var.origin_verify_values }

  cdn = {
    managed_rules = {
      common        = { version = "Version_1.10" }
      sql_injection = { action = "count" }
      known_bad_inputs = {
        count_rules = ["Host_localhost_HEADER"]
      }
    }
    rate           = { limit = 5000, window_seconds = 600 }
    max_body_bytes = 16384
  }

  shield_advanced = {
    acknowledged_yearly_commitment = true
    protected                      = { cdn = var.distribution_arn }
  }

  log_requests          = "all"
  log_retention_days    = 365
  kms_key_arn           = var.log_key_arns["eu-west-1"]
  us_east_1_kms_key_arn = var.log_key_arns["us-east-1"]
  tags                  = { team = "platform" }
}

# The distribution has a web ACL; the second region's API needs its own.
module "edge_secondary" {
  source = "../.."

  name          = "edu"
  region        = "eu-central-1"
  cdn           = null
  origin_verify = { header = "x-edu-origin", values = var.origin_verify_values }
  tags          = { team = "platform" }
}

output "api_web_acl_arns" {
  description = "The values origin_verify.web_acl_arn of the modules api."
  value       = { primary = module.edge.api_web_acl_arn, secondary = module.edge_secondary.api_web_acl_arn }
}
