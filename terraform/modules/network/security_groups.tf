# Who may talk to whom (B5). Groups have no inline rules: with none, the provider also removes the "all traffic out" that AWS
# puts into a new group, and rules that name each other's groups make no cycle. DNS to the VPC's resolver needs no rule.
#
# AWS changes neither name nor description of a group. A replacement is created before the old group is deleted, so names end in a
# generated suffix. A change of either replaces no group: published versions of functions keep the group that they were published with.

locals {
  # A node of a dedicated cluster is a port of the endpoint, from 1024 up, and the ports can change: Atlas asks for the whole range.
  mongodb_ports = { from = 1024, to = 65535 }
}

resource "aws_security_group" "lambda" {
  # checkov:skip=CKV2_AWS_5:Functions take it by the output vpc.

  region      = var.region
  name_prefix = "${var.name}-lambda-"
  description = "Functions: out to S3, MongoDB and the interface endpoints only"
  vpc_id      = local.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-lambda" })

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [description, name, name_prefix]
  }

  # As with the subnets: Lambda's network interfaces hold the group.
  timeouts {
    delete = "45m"
  }
}

# A gateway endpoint has S3's public addresses, so neither a range nor a group can name it; its prefix list can.
resource "aws_vpc_security_group_egress_rule" "lambda_to_s3" {
  region            = var.region
  security_group_id = aws_security_group.lambda.id
  description       = "S3 through the gateway endpoint"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "lambda_to_mongodb" {
  region                       = var.region
  security_group_id            = aws_security_group.lambda.id
  description                  = "MongoDB"
  referenced_security_group_id = aws_security_group.mongodb.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_vpc_security_group_egress_rule" "lambda_to_endpoints" {
  region                       = var.region
  security_group_id            = aws_security_group.lambda.id
  description                  = "Interface endpoints"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# On whatever functions connect to: the endpoints of the cluster, or the load balancer before them.
resource "aws_security_group" "mongodb" {
  region      = var.region
  name_prefix = "${var.name}-mongodb-"
  description = "MongoDB: in from functions only"
  vpc_id      = local.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-mongodb" })

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [description, name, name_prefix]
  }
}

resource "aws_vpc_security_group_ingress_rule" "mongodb_from_lambda" {
  # checkov:skip=CKV_AWS_25:From one security group, never from 0.0.0.0/0. The nodes' ports are any from 1024 up, of which 3389 is one.

  region                       = var.region
  security_group_id            = aws_security_group.mongodb.id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_security_group" "endpoints" {
  region      = var.region
  name_prefix = "${var.name}-endpoints-"
  description = "Interface endpoints of AWS: in from functions only"
  vpc_id      = local.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-endpoints" })

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [description, name, name_prefix]
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_lambda" {
  region                       = var.region
  security_group_id            = aws_security_group.endpoints.id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
