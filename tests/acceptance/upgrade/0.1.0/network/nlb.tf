# topology = "nlb": a load balancer before the endpoints (B7). TCP flows are spread by a hash and stay where they are for the
# life of a connection; a network load balancer knows no "least connections".

locals {
  nlb_ports = local.nlb ? { for port in var.nlb.ports : tostring(port) => port } : {}
  nlb_targets = merge([
    for key, port in local.nlb_ports : { for zone in keys(local.mongodb_endpoints) : "${key}/${zone}" => { port = port, zone = zone } }
  ]...)
  nlb_zone_name = local.nlb && var.nlb.hostname != null ? { main = var.nlb.hostname } : {}
}

# SG-MongoDB is on the load balancer, so that functions have the same rules in both topologies; the endpoints behind have this.
resource "aws_security_group" "behind_nlb" {
  for_each = local.nlb ? { main = "${var.name}-mongodb-behind-nlb" } : {}

  name        = each.value
  description = "MongoDB endpoints: in from their load balancer only"
  vpc_id      = aws_vpc.this.id

  tags = { Name = each.value }
}

resource "aws_vpc_security_group_egress_rule" "nlb_to_endpoints" {
  for_each = aws_security_group.behind_nlb

  security_group_id            = aws_security_group.mongodb.id
  description                  = "MongoDB endpoints"
  referenced_security_group_id = each.value.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_nlb" {
  for_each = aws_security_group.behind_nlb

  security_group_id            = each.value.id
  description                  = "The load balancer and its health checks"
  referenced_security_group_id = aws_security_group.mongodb.id
  ip_protocol                  = "tcp"
  from_port                    = local.mongodb_ports.from
  to_port                      = local.mongodb_ports.to
}

resource "aws_lb" "mongodb" {
  for_each = local.nlb ? { main = "${var.name}-mongodb" } : {}

  name               = each.value
  internal           = true
  load_balancer_type = "network"
  subnets            = local.subnet_ids
  # A load balancer that was made without groups can never be given any.
  security_groups = [aws_security_group.mongodb.id]
  # Off unless said: each zone would know its own endpoint only.
  enable_cross_zone_load_balancing = true
}

# No ranges here: a listener and a target group for every node's port.
resource "aws_lb_target_group" "mongodb" {
  for_each = local.nlb_ports

  name        = "${var.name}-${each.key}"
  vpc_id      = aws_vpc.this.id
  port        = each.value
  protocol    = "TCP"
  target_type = "ip"
  # The interface of an endpoint answers to the load balancer only; with the client's address kept, connections hang.
  preserve_client_ip = false
  # Drivers reconnect by themselves, so a target that leaves need not be waited for long.
  deregistration_delay   = 30
  connection_termination = true

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "mongodb" {
  for_each = aws_lb_target_group.mongodb

  load_balancer_arn = aws_lb.mongodb["main"].arn
  port              = each.value.port
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = each.value.arn
  }
}

# An endpoint in one subnet has one interface; which, and with what address, is known once it is there.
data "aws_network_interface" "mongodb" {
  for_each = { for zone in keys(local.mongodb_endpoints) : zone => zone if local.nlb }

  id = one(aws_vpc_endpoint.mongodb[each.key].network_interface_ids)
}

resource "aws_lb_target_group_attachment" "mongodb" {
  for_each = local.nlb_targets

  target_group_arn = aws_lb_target_group.mongodb[tostring(each.value.port)].arn
  target_id        = data.aws_network_interface.mongodb[each.value.zone].private_ip
  port             = each.value.port
}

# Drivers check the certificate against the name Atlas gave and find the other nodes by it, so that they cannot use the load
# balancer's own. Inside this VPC that one name leads to the load balancer; every other name stays Atlas'.
resource "aws_route53_zone" "mongodb" {
  for_each = local.nlb_zone_name

  name    = each.value
  comment = "Leads to the load balancer before MongoDB's endpoints"

  vpc {
    vpc_id = aws_vpc.this.id
  }
}

resource "aws_route53_record" "mongodb" {
  for_each = aws_route53_zone.mongodb

  zone_id = each.value.zone_id
  name    = each.value.name
  type    = "A"

  alias {
    name                   = aws_lb.mongodb["main"].dns_name
    zone_id                = aws_lb.mongodb["main"].zone_id
    evaluate_target_health = true
  }
}
