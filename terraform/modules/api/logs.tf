# Groups before what writes to them: API Gateway would make the second by itself, with no retention and no key.

resource "aws_cloudwatch_log_group" "access" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, 90 days by default; set 365 where a rule requires a year.

  region            = var.region
  tags              = var.tags
  name              = "/aws/apigateway/${var.name}/${var.stage}/access"
  retention_in_days = var.access_log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_group" "execution" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, 90 days by default; set 365 where a rule requires a year.

  region = var.region
  tags   = var.tags
  # API Gateway's own choice of a name.
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage}"
  retention_in_days = var.access_log_retention_days
  kms_key_id        = var.kms_key_arn
}

# One for all APIs of an account in a region, so it is this module's only where said.

locals {
  account_role = var.manage_account_logging_role ? { main = "${var.name}-api-gateway-logs-${local.region}" } : {}
}

data "aws_iam_policy_document" "assumed_by_api_gateway" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "account" {
  for_each = local.account_role

  name                 = each.value
  description          = "API Gateway writes the logs of all APIs of this region"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_api_gateway.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# AWS' own, which API Gateway wants whole: it refuses a role that may only write to these groups.
resource "aws_iam_role_policy_attachment" "account" {
  for_each = aws_iam_role.account

  role       = each.value.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

# There is one of it: made, it takes the place of the role that was there, and destroyed it leaves none, for all APIs of the region.
resource "aws_api_gateway_account" "this" {
  for_each   = aws_iam_role.account
  depends_on = [aws_iam_role_policy_attachment.account]

  region              = var.region
  cloudwatch_role_arn = each.value.arn
}
