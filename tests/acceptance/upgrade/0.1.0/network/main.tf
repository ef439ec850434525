data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# Local and wavelength zones have to be opted into; what is left are the region's own zones, in the order of their names.
data "aws_availability_zones" "available" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  zones = var.availability_zones != null ? var.availability_zones : slice(data.aws_availability_zones.available.names, 0, 2)
  # A sixteenth of the range for each, by the zone's place in the list: a zone that is appended moves no other subnet.
  subnet_cidrs = { for place, zone in local.zones : zone => cidrsubnet(var.cidr, 4, place) }
  subnet_ids   = [for zone in local.zones : aws_subnet.private[zone].id]
}

# No internet gateway, no NAT, no public subnet: nothing here has a way out but the endpoints below (B1).
resource "aws_vpc" "this" {
  cidr_block = var.cidr
  # Both are what private DNS of interface endpoints needs.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_subnet" "private" {
  for_each = local.subnet_cidrs

  vpc_id                  = aws_vpc.this.id
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

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}

# Adopted to be emptied: as AWS makes it, its members reach each other and the whole world.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}
