# The function that reads the flow logs, and what hands them to it (C7).

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.region
  # In the ARN of a group that CloudWatch Logs gives to Lambda, everything in it is named.
  log_group_arn = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${var.flow_log.flow_log_group}:*"

  settings = {
    LECTERN_FLOW_LOG_FORMAT    = var.flow_log.log_format
    LECTERN_OWN_CIDRS          = join(",", var.own_cidrs)
    LECTERN_PREFIX_LIST_IDS    = join(",", [for name in sort(var.prefix_lists) : data.aws_ec2_managed_prefix_list.services[name].id])
    LECTERN_FINDINGS_TOPIC_ARN = try(var.findings_topic.arn, null)
    LECTERN_EVENT_BUS          = try(var.event_bus.arn, null)
    LECTERN_WINDOW_SECONDS     = tostring(var.window_seconds)
    LECTERN_REJECTED           = var.rejected
    LECTERN_FINDINGS_PER_EVENT = tostring(var.findings_per_event)
  }
}

# Traffic through a gateway endpoint has public addresses: those of these lists.
data "aws_ec2_managed_prefix_list" "services" {
  for_each = var.prefix_lists

  region = var.region
  name   = "com.amazonaws.${local.region}.${each.key}"
}

data "aws_iam_policy_document" "guard" {
  dynamic "statement" {
    for_each = length(var.prefix_lists) == 0 ? {} : { lists = [for list in values(data.aws_ec2_managed_prefix_list.services) : list.arn] }

    content {
      sid       = "ReadPrefixLists"
      actions   = ["ec2:GetManagedPrefixListEntries"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.findings_topic[*]

    content {
      sid       = "PublishFindings"
      actions   = ["sns:Publish"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = flatten([for topic in var.findings_topic[*] : topic.kms_key_arn[*]])

    content {
      sid       = "EncryptFindings"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.event_bus[*]

    content {
      sid       = "PutFindings"
      actions   = ["events:PutEvents"]
      resources = [statement.value.arn]
    }
  }
}

module "function" {
  source = "../function"

  name                 = "${var.name}-flow-log-guard"
  description          = "Reports traffic with public addresses in VPC flow logs"
  package              = var.package
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = var.timeout_seconds
  environment          = merge({ for name, value in local.settings : name => value if value != null && value != "" }, var.environment)
  vpc                  = var.vpc
  policy_documents     = local.reaches_nothing ? [] : [data.aws_iam_policy_document.guard.json]
  reserved_concurrency = var.reserved_concurrency
  async                = { failure_topic = var.failure_topic }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  permissions_boundary = var.permissions_boundary
  region               = var.region
  tags                 = var.tags
}

locals {
  # A policy without statements is none that IAM takes.
  reaches_nothing = length(var.prefix_lists) == 0 && var.findings_topic == null && var.event_bus == null
}

# CloudWatch Logs may invoke it for this group, and for no other.
resource "aws_lambda_permission" "logs" {
  region        = var.region
  statement_id  = "FlowLogs"
  action        = "lambda:InvokeFunction"
  function_name = module.function.function_name
  qualifier     = module.function.alias_name
  principal     = "logs.amazonaws.com"
  source_arn    = local.log_group_arn
}

# All lines: what a pattern leaves out, nobody counts. CloudWatch Logs tries the function before it takes the filter.
resource "aws_cloudwatch_log_subscription_filter" "flow_logs" {
  depends_on = [aws_lambda_permission.logs]

  region          = var.region
  name            = "${var.name}-flow-log-guard"
  log_group_name  = var.flow_log.flow_log_group
  filter_pattern  = ""
  destination_arn = module.function.alias_arn
}
