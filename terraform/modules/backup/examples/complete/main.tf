# Dumps of a large database by a state machine in a VPC, with a weekly restore drill and notification of failures.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = ">= 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

variable "secret_arn" {
  description = "ARN of the secret with the database user that reads."
  type        = string
}

variable "drill_secret_arn" {
  description = "ARN of the secret with the database user that drills write with."
  type        = string
}

variable "vpc" {
  description = "The output vpc of the module network."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
}

variable "failure_topic" {
  description = "An element of the output topics of the module monitoring."
  type = object({
    arn         = string
    kms_key_arn = string
  })
}

locals {
  # Versions of the release, with the checksums of its SHA256SUMS.
  packages = {
    dump    = { key = "mongo-dump.zip", version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
    restore = { key = "mongo-restore.zip", version_id = "QUpfdndhfd8438MNFDN93jdnJFkdmqnh", sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
  }
}

module "backup" {
  source = "../.."

  name            = "edu"
  cluster         = "main"
  secret_arn      = var.secret_arn
  bucket          = "edu-mongo-dumps"
  dump_package    = merge(local.packages.dump, { bucket = "edu-packages" })
  restore_package = merge(local.packages.restore, { bucket = "edu-packages" })

  schedule_name                = "MongoDBDumpEvery6Hours"
  dump_role_name               = "BucketMongoDBBackup"
  schedule_expression          = "cron(0 0/6 * * ? *)"
  schedule_expression_timezone = "Europe/Dublin"
  include                      = ["shop.*", "school.*"]
  exclude                      = ["shop.sessions"]
  large                        = true
  max_concurrency              = 8
  dump_reserved_concurrency    = 10
  retention_days               = 90
  access_logs                  = { bucket = "edu-mongo-dumps-access-logs" }

  restore_secret_arns    = [var.drill_secret_arn]
  restore_principal_arns = ["arn:aws:iam::123456789012:role/on-call"]
  drill                  = { secret_arn = var.drill_secret_arn, schedule_expression = "cron(0 4 ? * SUN *)" }

  failure_topic = var.failure_topic
  vpc           = var.vpc
  tags          = { team = "platform" }
}

output "schedule" {
  description = "Target for mongo_dump of the module monitoring."
  value       = module.backup.schedule
}
