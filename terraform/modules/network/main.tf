data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

# Local and wavelength zones have to be opted into; what is left are the region's own zones, in the order of their names.
data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:No zone is in every region, so a default cannot name any; var.availability_zones names them.

  region = var.region
  state  = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  vpc = var.vpc == null ? { main = var.cidr } : {}

  zones = var.vpc != null ? keys(var.vpc.subnet_ids) : var.availability_zones != null ? var.availability_zones : slice(data.aws_availability_zones.available.names, 0, 2)
  # A sixteenth of the range for each, by the zone's place in the list: a zone that is appended moves no other subnet.
  subnet_cidrs = { for place, zone in local.zones : zone => cidrsubnet(var.cidr, 4, place) if var.vpc == null }

  vpc_id          = var.vpc == null ? one(values(aws_vpc.this)[*].id) : var.vpc.id
  subnets         = var.vpc == null ? { for zone, subnet in aws_subnet.private : zone => subnet.id } : var.vpc.subnet_ids
  route_table_ids = var.vpc == null ? { for zone, table in aws_route_table.private : zone => table.id } : var.vpc.route_table_ids
  subnet_ids      = [for zone in local.zones : local.subnets[zone]]
}

# No internet gateway, no NAT, no public subnet: nothing here has a way out but the endpoints below (B1).
resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:flow_logs.tf logs it unless flow_logs is null; the check does not follow local.vpc_id.

  for_each = local.vpc

  region     = var.region
  cidr_block = each.value
  # Both are what private DNS of interface endpoints needs.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = merge(var.tags, { Name = var.name })
}

resource "aws_subnet" "private" {
  for_each = local.subnet_cidrs

  region                  = var.region
  vpc_id                  = local.vpc_id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-private-${each.key}" }

  # Lambda gives up its network interfaces up to 20 minutes after the last function, and a subnet cannot go before them.
  timeouts {
    delete = "45m"
  }
}

# One for each zone, with no route but the VPC's own and S3's: zones can later differ without a replacement.
resource "aws_route_table" "private" {
  for_each = aws_subnet.private

  region = var.region
  vpc_id = local.vpc_id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  region         = var.region
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}

# Adopted to be emptied: as AWS makes it, its members reach each other and the whole world.
resource "aws_default_security_group" "this" {
  for_each = aws_vpc.this

  region = var.region
  vpc_id = each.value.id
  tags   = var.tags
}
