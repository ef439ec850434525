# What the alarm on public addresses reads (C7).

locals {
  flow_logs = var.flow_logs == null ? {} : { main = var.flow_logs }
  # The packet's own addresses, since srcaddr and dstaddr show the interface's, and the service's name, since S3 through the
  # gateway has public addresses. A flow log's format cannot be changed later.
  flow_log_fields = [
    "version", "account-id", "interface-id", "pkt-srcaddr", "pkt-dstaddr", "pkt-src-aws-service", "pkt-dst-aws-service",
    "flow-direction", "traffic-path", "action", "log-status",
  ]
}

# Before the flow log, which would make a group that keeps everything for ever.
resource "aws_cloudwatch_log_group" "flow_logs" {
  for_each = local.flow_logs

  name              = "/aws/vpc/${var.name}/flow-logs"
  retention_in_days = each.value.retention_days
  kms_key_id        = each.value.kms_key_arn
}

data "aws_iam_policy_document" "assumed_by_flow_logs" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    # So that nobody else's flow log can have the service write here.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "flow_logs" {
  for_each = local.flow_logs

  name               = "${var.name}-flow-logs"
  description        = "Writes the flow logs of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_flow_logs.json
}

data "aws_iam_policy_document" "flow_logs" {
  for_each = local.flow_logs

  statement {
    sid       = "Write"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.flow_logs[each.key].arn}:*"]
  }

  # The service looks for its group in the list of all.
  statement {
    sid       = "Find"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:*"]
  }
}

resource "aws_iam_role_policy" "flow_logs" {
  for_each = local.flow_logs

  name   = "flow-logs"
  role   = aws_iam_role.flow_logs[each.key].id
  policy = data.aws_iam_policy_document.flow_logs[each.key].json
}

resource "aws_flow_log" "this" {
  for_each   = local.flow_logs
  depends_on = [aws_iam_role_policy.flow_logs]

  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow_logs[each.key].arn
  iam_role_arn             = aws_iam_role.flow_logs[each.key].arn
  max_aggregation_interval = 60
  log_format               = join(" ", [for field in local.flow_log_fields : "$${${field}}"])

  tags = { Name = var.name }
}
