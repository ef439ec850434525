# The routes of one handler, for the users of one pool.

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

variable "download_api" {
  description = "The output handler of the module function."
  type = object({
    function_name = string
    alias_name    = string
    invoke_arn    = string
  })
}

module "api" {
  source = "../.."

  name          = "edu"
  user_pool_arn = var.user_pool_arn
  handlers      = { download-api = var.download_api }

  # One per account and region: leave it out if the account has one.
  manage_account_logging_role = true
}

output "url" {
  description = "URL of the API."
  value       = module.api.url
}
