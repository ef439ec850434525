# The users of one pool are exported by their schedule, and imported into another.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}

variable "packages" {
  type = string
}

variable "environment" {
  type = map(string)
}

variable "exports" {
  type = object({
    bucket      = string
    bucket_arn  = string
    kms_key_arn = string
  })
}

variable "data_key_arn" {
  type = string
}

# The test fills it before the schedule fires, which it does at once.
variable "user_pool" {
  type = object({
    id  = string
    arn = string
  })
}

resource "aws_cognito_user_pool" "second" {
  name             = "second"
  alias_attributes = ["email"]

  schema {
    name                = "course"
    attribute_data_type = "String"
    mutable             = true

    string_attribute_constraints {
      min_length = 0
      max_length = 2048
    }
  }
}

module "export" {
  source = "./modules/cognito-export"

  name         = "edu"
  package      = { path = "${var.packages}/cognito-export.zip" }
  user_pool    = var.user_pool
  exports      = var.exports
  data_key_arn = var.data_key_arn
  environment  = var.environment
  tracing      = false
}

module "import" {
  source = "./modules/cognito-import"

  name                = "edu"
  package             = { path = "${var.packages}/cognito-import.zip" }
  user_pools          = { second = aws_cognito_user_pool.second.arn }
  source_user_pool_id = var.user_pool.id
  exports             = var.exports
  data_key_arn        = var.data_key_arn
  environment         = var.environment
  tracing             = false
}

output "second_user_pool_id" {
  value = aws_cognito_user_pool.second.id
}

output "import_function_arn" {
  value = module.import.function_arn
}
