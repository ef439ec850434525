# A flow log's group, the guard on it with an alarm, and what brings its findings to queues.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

provider "aws" {}
provider "lectern" {}

variable "package_path" {
  type = string
}

variable "environment" {
  type = map(string)
}

# hashicorp/aws waits two minutes for a queue to be gone, and half a minute for its policy, so the test makes the queues.
variable "queues" {
  type = object({ topic = string, bus = string })
}

# As the module network names it. The local cloud writes no flow logs: the test puts lines into it.
resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/aws/vpc/edu/flow-logs"
  retention_in_days = 90
}

resource "aws_sns_topic" "findings" {
  name = "findings"
}

resource "aws_cloudwatch_event_bus" "security" {
  name = "security"
}

resource "aws_cloudwatch_event_rule" "findings" {
  name           = "findings"
  event_bus_name = aws_cloudwatch_event_bus.security.name
  event_pattern  = jsonencode({ source = ["lectern.flow-log-guard"], detail = { action = ["ACCEPT"] } })
}

resource "aws_sns_topic_subscription" "findings" {
  topic_arn = aws_sns_topic.findings.arn
  protocol  = "sqs"
  endpoint  = var.queues.topic
}

resource "aws_cloudwatch_event_target" "findings" {
  rule           = aws_cloudwatch_event_rule.findings.name
  event_bus_name = aws_cloudwatch_event_bus.security.name
  arn            = var.queues.bus
}

module "flow_log_guard" {
  source = "./modules/flow-log-guard"

  name = "edu"
  flow_log = {
    flow_log_group = aws_cloudwatch_log_group.flow_logs.name
    log_format     = "$${version} $${interface-id} $${pkt-srcaddr} $${pkt-dstaddr} $${srcport} $${dstport} $${protocol} $${start} $${action} $${log-status}"
  }
  package        = { path = var.package_path }
  environment    = var.environment
  own_cidrs      = ["100.65.0.0/16"]
  findings_topic = { arn = aws_sns_topic.findings.arn }
  event_bus      = { arn = aws_cloudwatch_event_bus.security.arn }
}

resource "lectern_alarm_bundle" "platform" {
  name = "edu"

  severities = { critical = { alarm_actions = [aws_sns_topic.findings.arn] } }
  flow_logs  = { vpc = module.flow_log_guard.flow_logs_target }
}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.us-east-1.s3"
}

output "s3_addresses" {
  value = [for entry in data.aws_ec2_managed_prefix_list.s3.entries : entry.cidr]
}
