# All routes for two web pages, on a custom domain that only the CDN reaches, with limits per method.

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

variable "user_pool_arn" {
  description = "The output user_pool_arn of the module auth."
  type        = string
}

variable "handlers" {
  description = "The outputs handler of the module function, by upload-api, download-api and profile-api."
  type = map(object({
    function_name = string
    alias_name    = string
    invoke_arn    = string
  }))
}

variable "certificate_arn" {
  description = "ARN of an ACM certificate in the API's region for api.example.com."
  type        = string
}

variable "web_acl_arn" {
  description = "ARN of a regional web ACL that blocks requests without the header of the CDN."
  type        = string
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "api" {
  source = "../.."

  name          = "edu"
  user_pool_arn = var.user_pool_arn
  handlers      = var.handlers
  cors_origins  = ["https://learn.example.com", "https://admin.example.com"]

  throttling = {
    rate_per_second = 50
    burst           = 100
    methods         = { "POST /files" = { rate_per_second = 5, burst = 10 } }
  }

  domain                       = { name = "api.example.com", certificate_arn = var.certificate_arn, base_path = "v1" }
  disable_execute_api_endpoint = true
  origin_verify                = { web_acl_arn = var.web_acl_arn }

  metrics_enabled             = true
  access_log_retention_days   = 365
  kms_key_arn                 = var.log_key_arn
  manage_account_logging_role = true
  tags                        = { team = "platform" }
}

output "domain" {
  description = "Name of the API and target of its alias record."
  value       = module.api.domain
}
