# Files, a web page and an API behind one distribution. Bucket and key let the distribution read, which is made of the bucket.

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
  description = "ARN of an ACM certificate in us-east-1 for learn.example.com."
  type        = string
}

variable "signing_key" {
  description = "Public key, in PEM, of the key that signs the links to files."
  type        = string
}

variable "api" {
  description = "The outputs host and stage_name of the module api."
  type        = object({ host = string, stage = string })
}

variable "verify" {
  description = "The output verify of the module edge."
  type        = object({ header = string, value = string })
  sensitive   = true
}

module "storage" {
  source = "../../../storage"

  bucket                  = "edu-files"
  bucket_policy_documents = [module.cdn.bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "cdn" {
  source = "../.."

  name            = "edu"
  aliases         = ["learn.example.com"]
  certificate_arn = var.certificate_arn
  files           = { bucket_arn = module.storage.bucket_arn, bucket_regional_domain_name = module.storage.bucket_regional_domain_name }
  assets          = {}
  api             = merge(var.api, { verify = var.verify })
  signing_keys    = { "2026-11" = var.signing_key }
  geo             = { restriction_type = "none" }
}

output "domain_name" {
  description = "Target of the record of learn.example.com in DNS."
  value       = module.cdn.domain_name
}
