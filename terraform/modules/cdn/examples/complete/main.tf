# Two regions behind one distribution with a web ACL, access logs, paid metrics and two keys: one is taking the place of the other.

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
  description = "ARN of an ACM certificate in us-east-1 for learn.example.com and www.learn.example.com."
  type        = string
}

variable "signing_keys" {
  description = "Public keys, in PEM, by name."
  type        = map(string)
}

variable "api_hosts" {
  description = "The outputs host of the modules api of both regions."
  type        = object({ primary = string, secondary = string })
}

variable "origin_verify_values" {
  description = "Value of the header that the distribution adds, and the value before it."
  type        = list(string)
  sensitive   = true
}

module "storage" {
  source = "../../../storage"

  bucket                  = "edu-files-eu-west-1"
  bucket_policy_documents = [module.cdn.bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "storage_secondary" {
  source = "../../../storage"

  bucket                  = "edu-files-eu-central-1"
  region                  = "eu-central-1"
  bucket_policy_documents = [module.cdn.secondary_bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "logs" {
  source = "../../../storage"

  bucket                  = "edu-cdn-logs"
  pending_uploads         = null
  retention               = { cdn = { prefix = "cdn/", days = 90 } }
  bucket_policy_documents = [module.cdn.log_bucket_policy_json]
  key_policy_documents    = [module.cdn.log_key_policy_json]
}

module "edge" {
  source = "../../../edge"

  name          = "edu"
  origin_verify = { values = var.origin_verify_values }
}

module "cdn" {
  source = "../.."

  name                     = "edu"
  aliases                  = ["learn.example.com", "www.learn.example.com"]
  certificate_arn          = var.certificate_arn
  minimum_protocol_version = "TLSv1.2_2025"
  price_class              = "PriceClass_100"
  signing_keys             = var.signing_keys
  geo                      = { restriction_type = "whitelist", locations = ["DE", "FR"] }
  web_acl_arn              = module.edge.cdn_web_acl_arn
  log_bucket               = { arn = module.logs.bucket_arn }
  additional_metrics       = true
  tags                     = { team = "platform" }

  files = {
    bucket_arn                  = module.storage.bucket_arn
    bucket_regional_domain_name = module.storage.bucket_regional_domain_name
    secondary = {
      bucket_arn                  = module.storage_secondary.bucket_arn
      bucket_regional_domain_name = module.storage_secondary.bucket_regional_domain_name
    }
  }

  assets = {
    content_security_policy = "default-src 'self'; connect-src 'self' https://cognito-idp.eu-west-1.amazonaws.com https://edu-files-eu-west-1.s3.eu-west-1.amazonaws.com; frame-ancestors 'none'; object-src 'none'"
  }

  api = {
    host      = var.api_hosts.primary
    stage     = "v1"
    verify    = module.edge.verify
    secondary = { host = var.api_hosts.secondary }
  }
}

output "failover" {
  description = "The value distribution of the module origin-failover."
  value       = module.cdn.failover
}

output "alarm_target" {
  description = "Target for cloudfront of an alarm bundle in us-east-1."
  value       = module.cdn.alarm_target
}
