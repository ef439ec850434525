# A flow log's group, the guard on it with an alarm, and queues that hear what it publishes.

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

locals {
  account = "000000000000"
  queues = {
    topic = { principal = "sns.amazonaws.com", source = aws_sns_topic.findings.arn }
    bus   = { principal = "events.amazonaws.com", source = aws_cloudwatch_event_rule.findings.arn }
  }
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

resource "aws_sqs_queue" "heard" {
  for_each = toset(["topic", "bus"])

  name = each.key
}

resource "aws_sqs_queue_policy" "heard" {
  for_each = local.queues

  queue_url = aws_sqs_queue.heard[each.key].url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.value.principal }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.heard[each.key].arn
      Condition = { ArnEquals = { "aws:SourceArn" = each.value.source } }
    }]
  })
}

resource "aws_sns_topic_subscription" "findings" {
  topic_arn = aws_sns_topic.findings.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.heard["topic"].arn
}

resource "aws_cloudwatch_event_target" "findings" {
  rule           = aws_cloudwatch_event_rule.findings.name
  event_bus_name = aws_cloudwatch_event_bus.security.name
  arn            = aws_sqs_queue.heard["bus"].arn
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

output "queues" {
  value = { for name, queue in aws_sqs_queue.heard : name => queue.url }
}
