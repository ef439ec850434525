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
  region            = var.region
  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for zone in local.zones : local.route_table_ids[zone]]
  policy            = data.aws_iam_policy_document.s3_endpoint.json

  tags = merge(var.tags, { Name = "${var.name}-s3" })
}

# The same for the services: neither is a credential of another account that got into a function of any use here, nor can data be
# carried out into a secret or key of another account.
data "aws_iam_policy_document" "interface_endpoint" {
  # checkov:skip=CKV_AWS_1:An endpoint's policy only limits what the caller's own policy allows: here, to principals and resources of the accounts that are named.
  # checkov:skip=CKV_AWS_49:An endpoint's policy only limits what the caller's own policy allows: here, to principals and resources of the accounts that are named.

  statement {
    sid       = "OwnPrincipalsOwnResources"
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

    # Some calls are about no resource, such as who somebody is.
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:ResourceAccount"
      values   = concat([local.account], sort(var.endpoint_account_ids))
    }
  }
}

# Private DNS lets SDKs keep the services' usual names. An address in every zone, so that the loss of one stops nobody (B9).
resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  region              = var.region
  vpc_id              = local.vpc_id
  service_name        = "${data.aws_partition.current.reverse_dns_prefix}.${local.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for zone in local.zones : local.subnets[zone] if contains(lookup(var.interface_endpoint_zones, each.value, local.zones), zone)]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = contains(var.interface_endpoints_without_policy, each.value) ? null : data.aws_iam_policy_document.interface_endpoint.json

  tags = merge(var.tags, { Name = "${var.name}-${each.value}" })

  lifecycle {
    precondition {
      condition     = length(setintersection(lookup(var.interface_endpoint_zones, each.value, local.zones), local.zones)) > 0
      error_message = "${each.value} would have no endpoint, because none of its zones in interface_endpoint_zones is in ${join(", ", local.zones)}. Set availability_zones to zones that include one of them."
    }
  }
}
