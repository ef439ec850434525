# Who may talk to whom (B5). Groups have no inline rules: with none, the provider also removes the "all traffic out" that AWS
# puts into a new group, and rules that name each other's groups make no cycle. DNS to the VPC's resolver needs no rule.

locals {
  # A node of a dedicated cluster is a port of the endpoint, from 1024 up, and the ports can change: Atlas asks for the whole range.
  mongodb_ports = { from = 1024, to = 65535 }
}

resource "aws_security_group" "lambda" {
  name        = "${var.name}-lambda"
  description = "Functions: out to S3, MongoDB and the interface endpoints only"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-lambda" }

  # As with the subnets: Lambda's network interfaces hold the group.
  timeouts {
    delete = "45m"
  }
}

# A gateway endpoint has S3's public addresses, so neither a range nor a group can name it; its prefix list can.
resource "aws_vpc_security_group_egress_rule" "lambda_to_s3" {
  security_group_id = aws_security_group.lambda.id
  description       = "S3 through the gateway endpoint"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "lambda_to_mongodb" {
  security_group_id            = aws_security_group.lambda.id
  description                  = "MongoDB"
  referenced_security_group_id = aws_security_group.mongodb.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_vpc_security_group_egress_rule" "lambda_to_endpoints" {
  security_group_id            = aws_security_group.lambda.id
  description                  = "Interface endpoints"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# On whatever functions connect to: the endpoints of the cluster, or the load balancer before them.
resource "aws_security_group" "mongodb" {
  name        = "${var.name}-mongodb"
  description = "MongoDB: in from functions only"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-mongodb" }
}

resource "aws_vpc_security_group_ingress_rule" "mongodb_from_lambda" {
  security_group_id            = aws_security_group.mongodb.id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Interface endpoints of AWS: in from functions only"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_lambda" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.lambda.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
