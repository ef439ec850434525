# A web ACL in front of the distribution, and one that lets only the distribution reach the API.

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

variable "origin_verify_value" {
  description = "Value of the header that the distribution adds, 32 random characters or more."
  type        = string
  sensitive   = true
}

module "edge" {
  source = "../.."

  name          = "edu"
  origin_verify = { values = [var.origin_verify_value] }
}

output "cdn_web_acl_arn" {
  description = "The value web_acl_arn of the module cdn."
  value       = module.edge.cdn_web_acl_arn
}

output "api_web_acl_arn" {
  description = "The value origin_verify.web_acl_arn of the module api."
  value       = module.edge.api_web_acl_arn
}
