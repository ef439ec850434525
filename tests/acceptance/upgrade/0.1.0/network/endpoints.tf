# The only ways out: S3 by a gateway, other services of AWS by interfaces.

# Functions reach buckets of these accounts and no other, whatever their roles say: data cannot be carried out to a bucket of
# somebody else. What a role may do with a bucket is for the role's own policy.
data "aws_iam_policy_document" "s3_endpoint" {
  statement {
    sid       = "OwnPrincipalsOwnBuckets"
    actions   = ["s3:*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = concat([local.account], sort(var.s3_account_ids))
    }
  }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for zone in local.zones : aws_route_table.private[zone].id]
  policy            = data.aws_iam_policy_document.s3_endpoint.json

  tags = { Name = "${var.name}-s3" }
}

# The same for the services: a credential of another account that got into a function is of no use here.
data "aws_iam_policy_document" "interface_endpoint" {
  statement {
    sid       = "OwnPrincipals"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
  }
}

# Private DNS lets SDKs keep the services' usual names. An address in every zone, so that the loss of one stops nobody (B9).
resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = local.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = contains(var.interface_endpoints_without_policy, each.value) ? null : data.aws_iam_policy_document.interface_endpoint.json

  tags = { Name = "${var.name}-${each.value}" }
}
