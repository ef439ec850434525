# A function from a package in S3, in a VPC, with a role for files, notification of failures and gradual deployment.

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

variable "mongo_secret_arn" {
  description = "ARN of the secret with the user of the database."
  type        = string
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "function" {
  source = "../.."

  name        = "edu-download-api"
  description = "Gives users links to files"
  package = {
    bucket     = "edu-packages"
    key        = "download-api.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  architecture         = "arm64"
  memory_mb            = 1024
  environment          = { LECTERN_MONGO_SECRET_ARN = var.mongo_secret_arn, LECTERN_FILES_BUCKET = "edu-files" }
  vpc                  = var.vpc
  kms_key_arn          = var.log_key_arn
  reserved_concurrency = 50
  log_retention_days   = 365

  policy_documents = [jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "ReadMongoSecret", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.mongo_secret_arn }]
  })]
  # What is signed with it can read files and nothing else.
  assumed_role = {
    policy_documents = [jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = "ReadFiles", Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = "arn:aws:s3:::edu-files/*" }]
    })]
  }

  async   = { maximum_retry_attempts = 1, failure_topic = var.failure_topic }
  rollout = "codedeploy"
  tags    = { team = "platform" }
}

output "handler" {
  description = "Value for handlers of the module api."
  value       = module.function.handler
}
