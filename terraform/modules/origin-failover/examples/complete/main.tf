# A record that both regions' APIs share, in front of one database, goes to region 2 and back by itself.

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

variable "topic" {
  description = "An element of the output topics of a module monitoring in us-east-1."
  type = object({
    arn         = string
    kms_key_arn = string
  })
}

variable "kms_key_arn" {
  description = "ARN of the key for logs and environment variables, in us-east-1."
  type        = string
}

module "origin_failover" {
  source = "../.."

  name   = "edu"
  region = "us-east-1"
  alarms = { primary = "edu/region-1", secondary = "edu/region-2" }
  record = {
    zone_id   = "Z1D633PJN98FT9"
    name      = "write.example.com"
    type      = "A"
    primary   = { name = "d-abcdef1234.execute-api.eu-west-1.amazonaws.com", zone_id = "ZLY8HYME6SFDD" }
    secondary = { name = "d-fedcba4321.execute-api.eu-central-1.amazonaws.com", zone_id = "Z1U9ULNL0V5AJ3" }
  }
  # A version of the release, with the checksum of its SHA256SUMS.
  package = {
    bucket     = "edu-packages"
    key        = "origin-failover.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  failback          = "automatic"
  hold_seconds      = 1800
  dry_run           = true
  notice_topic      = var.topic
  event_bus         = { arn = "arn:aws:events:us-east-1:123456789012:event-bus/operations" }
  failure_topic     = var.topic
  dead_letter_queue = { arn = "arn:aws:sqs:us-east-1:123456789012:dead-letters" }

  memory_mb            = 256
  timeout_seconds      = 90
  reserved_concurrency = 2
  environment          = { LECTERN_LOG = "debug" }
  kms_key_arn          = var.kms_key_arn
  log_retention_days   = 365
  permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
  tags                 = { team = "platform" }
}

output "alarm_target" {
  description = "Target for lambda of the module monitoring."
  value       = module.origin_failover.alarm_target
}
