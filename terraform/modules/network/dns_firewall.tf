# DNS queries are a way out too: a query of a function reaches the owner of the name, without a route. With the firewall, the VPC's
# resolver answers queries for the names on a list and no others.

locals {
  dns_firewall = var.dns_firewall == null ? {} : { main = var.dns_firewall }
  dns_suffix   = data.aws_partition.current.dns_suffix

  # What the endpoints here are called by: S3 with and without a bucket, the services, MongoDB at Atlas. The lists have each with a dot at
  # its end, as Route 53 gives it back.
  dns_own = concat(
    ["s3.${local.region}.${local.dns_suffix}", "*.s3.${local.region}.${local.dns_suffix}"],
    [for service in sort(var.interface_endpoints) : "${service}.${local.region}.${local.dns_suffix}"],
    length(local.mongodb_endpoints) == 0 ? [] : ["*.mongodb.net"],
  )
}

resource "aws_route53_resolver_firewall_domain_list" "allowed" {
  for_each = local.dns_firewall

  region  = var.region
  name    = "${var.name}-allowed"
  domains = [for domain in distinct(concat(local.dns_own, sort(each.value.allowed_domains))) : "${domain}."]
  tags    = var.tags
}

resource "aws_route53_resolver_firewall_domain_list" "everything" {
  for_each = local.dns_firewall

  region  = var.region
  name    = "${var.name}-everything"
  domains = ["*."]
  tags    = var.tags
}

resource "aws_route53_resolver_firewall_rule_group" "this" {
  for_each = local.dns_firewall

  region = var.region
  name   = var.name
  tags   = var.tags
}

resource "aws_route53_resolver_firewall_rule" "allowed" {
  for_each = local.dns_firewall

  region                  = var.region
  name                    = "allowed"
  action                  = "ALLOW"
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.allowed[each.key].id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.this[each.key].id
  priority                = 1
  # Atlas' names lead to names of endpoints, which are AWS'.
  firewall_domain_redirection_action = "TRUST_REDIRECTION_DOMAIN"
}

resource "aws_route53_resolver_firewall_rule" "everything" {
  for_each = local.dns_firewall

  region                  = var.region
  name                    = "everything-else"
  action                  = "BLOCK"
  block_response          = "NXDOMAIN"
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.everything[each.key].id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.this[each.key].id
  priority                = 2
}

resource "aws_route53_resolver_firewall_rule_group_association" "this" {
  for_each = local.dns_firewall
  # A group without the first rule answers nothing at all.
  depends_on = [aws_route53_resolver_firewall_rule.allowed, aws_route53_resolver_firewall_rule.everything]

  region                 = var.region
  name                   = var.name
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.this[each.key].id
  # AWS keeps those up to 100 for itself.
  priority = 101
  vpc_id   = local.vpc_id
  tags     = var.tags
}
