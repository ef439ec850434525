# Flow logs of a custom format in a VPC with IPv6 and shared addresses, findings to a topic and an event bus.

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
  description = "An element of the output topics of the module monitoring."
  type = object({
    arn         = string
    kms_key_arn = string
  })
}

variable "kms_key_arn" {
  description = "ARN of the key for logs and environment variables."
  type        = string
}

module "flow_log_guard" {
  source = "../.."

  name = "edu"
  flow_log = {
    flow_log_group = "/aws/vpc/edu/flow-logs"
    log_format     = "$${version} $${interface-id} $${pkt-srcaddr} $${pkt-dstaddr} $${srcport} $${dstport} $${protocol} $${start} $${action} $${log-status}"
  }
  # A version of the release, with the checksum of its SHA256SUMS.
  package = {
    bucket     = "edu-packages"
    key        = "flow-log-guard.zip"
    version_id = "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"
    sha256     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }

  own_cidrs          = ["100.64.0.0/16", "2001:db8:42::/56"]
  prefix_lists       = ["s3", "dynamodb"]
  findings_topic     = var.topic
  event_bus          = { arn = "arn:aws:events:eu-west-1:123456789012:event-bus/security" }
  failure_topic      = var.topic
  window_seconds     = 3600
  rejected           = "count"
  findings_per_event = 100

  memory_mb            = 512
  timeout_seconds      = 120
  reserved_concurrency = 5
  environment          = { LECTERN_LOG = "debug" }
  kms_key_arn          = var.kms_key_arn
  log_retention_days   = 365
  permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
  tags                 = { team = "platform" }
}

output "alarm_target" {
  description = "Target for lambda of the module monitoring."
  value       = module.flow_log_guard.alarm_target
}
