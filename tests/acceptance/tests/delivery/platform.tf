# What the pipeline plans and applies: a function and its alarms.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = "~> 0.1"
    }
  }
}

provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

provider "lectern" {}

variable "artifacts" {
  description = "What the script packages writes."
  type = map(object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  }))
}

variable "topic_arn" {
  description = "Where alarms go."
  type        = string
}

variable "rollout" {
  description = "The output rollouts of the module delivery."
  type        = map(string)
}

module "api" {
  source = "../modules/function"

  name        = "edu-api"
  description = "Answers with its version"
  package     = var.artifacts["api"]
  rollout     = "codedeploy"
}

resource "lectern_alarm_bundle" "edu" {
  name       = "edu"
  severities = { critical = { alarm_actions = [var.topic_arn] } }
  lambda     = { api = module.api.alarm_target }
}

output "rollouts" {
  description = "Functions whose aliases CodeDeploy moves."
  value = {
    api = merge(var.rollout, {
      function_name = module.api.function_name
      alias_name    = module.api.alias_name
      version       = module.api.version
    })
  }
}
