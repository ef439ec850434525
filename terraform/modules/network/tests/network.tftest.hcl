mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com", reverse_dns_prefix = "com.amazonaws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_network_interface" {
    defaults = { private_ip = "10.42.0.10" }
  }

  mock_resource "aws_vpc_endpoint" {
    defaults = {
      id                    = "vpce-0123456789abcdef0"
      network_interface_ids = ["eni-0123456789abcdef0"]
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/edu/flow-logs" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-flow-logs" }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/edu-mongodb/0123456789abcdef"
      arn_suffix = "net/edu-mongodb/0123456789abcdef"
      dns_name   = "edu-mongodb.elb.eu-west-1.amazonaws.com"
      zone_id    = "Z2IFOLAFXWLO4F"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/edu-1024/0123456789abcdef"
      arn_suffix = "targetgroup/edu-1024/0123456789abcdef"
    }
  }

}

mock_provider "lectern" {
  mock_resource "lectern_atlas_private_link" {
    defaults = {
      private_link_id       = "0123456789abcdef01234567"
      endpoint_service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"
    }
  }
}

variables {
  name = "edu"
}

run "a_private_network_in_two_zones" {
  command = plan

  assert {
    condition     = keys(aws_subnet.private) == ["eu-west-1a", "eu-west-1b"] && [for subnet in values(aws_subnet.private) : subnet.cidr_block] == ["10.42.0.0/20", "10.42.16.0/20"]
    error_message = "There is a subnet in each of the region's first two zones (B1)."
  }

  assert {
    condition     = alltrue([for subnet in values(aws_subnet.private) : subnet.map_public_ip_on_launch == false])
    error_message = "No subnet gives out public addresses (B1)."
  }

  assert {
    condition     = keys(aws_route_table.private) == keys(aws_subnet.private) && keys(aws_route_table_association.private) == keys(aws_subnet.private)
    error_message = "Every subnet has a route table of its own, with no route in it (B1)."
  }

  assert {
    condition     = aws_vpc.this["main"].enable_dns_support && aws_vpc.this["main"].enable_dns_hostnames
    error_message = "Private DNS of the interface endpoints needs both (B9)."
  }

  assert {
    condition     = length(aws_vpc_endpoint.mongodb) + length(lectern_atlas_private_link.this) + length(aws_lb.mongodb) == 0
    error_message = "Nothing is made for MongoDB that was not asked for."
  }
}

run "s3_by_its_gateway_only" {
  command = apply

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3"
    error_message = "S3 is reached through the gateway endpoint (B3)."
  }

  assert {
    condition     = toset(aws_vpc_endpoint.s3.route_table_ids) == toset([for table in values(aws_route_table.private) : table.id])
    error_message = "The gateway is in every private route table (B3)."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.s3_endpoint.statement[0].condition : condition.variable => condition.values } == {
      "aws:PrincipalAccount" = tolist(["123456789012"])
      "aws:ResourceAccount"  = tolist(["123456789012"])
    }
    error_message = "The gateway lets the account's principals reach the account's buckets, and nobody else (B3)."
  }
}

run "functions_talk_to_three_things" {
  command = apply

  assert {
    condition     = aws_vpc_security_group_egress_rule.lambda_to_s3.prefix_list_id == aws_vpc_endpoint.s3.prefix_list_id && aws_vpc_security_group_egress_rule.lambda_to_s3.to_port == 443
    error_message = "SG-Lambda reaches S3 by its prefix list (B5)."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.lambda_to_mongodb.referenced_security_group_id == aws_security_group.mongodb.id && aws_vpc_security_group_egress_rule.lambda_to_endpoints.referenced_security_group_id == aws_security_group.endpoints.id
    error_message = "SG-Lambda reaches SG-MongoDB and the endpoints' group (B5)."
  }

  assert {
    condition = alltrue([
      for rule in [aws_vpc_security_group_egress_rule.lambda_to_s3, aws_vpc_security_group_egress_rule.lambda_to_mongodb, aws_vpc_security_group_egress_rule.lambda_to_endpoints] :
      rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.security_group_id == aws_security_group.lambda.id
    ])
    error_message = "SG-Lambda reaches no range of addresses (B5)."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.mongodb_from_lambda.referenced_security_group_id == aws_security_group.lambda.id && aws_vpc_security_group_ingress_rule.mongodb_from_lambda.from_port == 1024 && aws_vpc_security_group_ingress_rule.mongodb_from_lambda.to_port == 65535
    error_message = "SG-MongoDB lets in SG-Lambda on 1024 to 65535 (B5)."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_from_lambda.referenced_security_group_id == aws_security_group.lambda.id && aws_vpc_security_group_ingress_rule.endpoints_from_lambda.from_port == 443 && aws_vpc_security_group_ingress_rule.endpoints_from_lambda.to_port == 443
    error_message = "The endpoints' group lets in SG-Lambda on 443 (B5)."
  }

  assert {
    condition     = output.vpc.security_group_ids == output.security_group_ids && length(output.vpc.subnet_ids) == 2
    error_message = "A function is given SG-Lambda and a subnet in each zone (B4)."
  }
}

run "interface_endpoints_in_every_zone" {
  command = apply

  variables {
    interface_endpoints                = ["kms", "sts", "cognito-idp"]
    interface_endpoints_without_policy = ["cognito-idp"]
  }

  assert {
    condition     = keys(output.interface_endpoint_ids) == ["cognito-idp", "kms", "sts"]
    error_message = "There is an endpoint for each service named, and no other (B9)."
  }

  assert {
    condition     = alltrue([for endpoint in values(aws_vpc_endpoint.interface) : endpoint.private_dns_enabled && length(endpoint.subnet_ids) == 2])
    error_message = "Every endpoint is in both zones and has the service's usual name (B9)."
  }

  assert {
    condition     = aws_vpc_endpoint.interface["kms"].policy == "{}" && aws_vpc_endpoint.interface["cognito-idp"].policy != "{}"
    error_message = "Every endpoint has the account's policy but for those whose service takes none (B9)."
  }
}

run "what_the_handlers_call_has_an_endpoint" {
  command = plan

  assert {
    condition     = keys(aws_vpc_endpoint.interface) == ["kms", "lambda", "secretsmanager", "sts"]
    error_message = "The default is what the handlers call (B9)."
  }
}

run "atlas_by_one_endpoint_in_every_zone" {
  command = apply

  variables {
    atlas = { project_id = "0123456789abcdef01234567", cluster_names = ["main"] }
  }

  assert {
    condition     = lectern_atlas_private_link.this["main"].region == "eu-west-1" && lectern_atlas_private_link.this["main"].adopt_existing
    error_message = "Atlas' side is made, or adopted, in the VPC's region (B2)."
  }

  assert {
    condition     = length(aws_vpc_endpoint.mongodb) == 1 && toset(aws_vpc_endpoint.mongodb["all"].subnet_ids) == toset(output.subnet_ids)
    error_message = "One endpoint has an address in every zone (B7)."
  }

  assert {
    condition     = aws_vpc_endpoint.mongodb["all"].service_name == lectern_atlas_private_link.this["main"].endpoint_service_name && toset(aws_vpc_endpoint.mongodb["all"].security_group_ids) == toset([aws_security_group.mongodb.id])
    error_message = "The endpoint is of Atlas' service and in SG-MongoDB (B2, B5)."
  }

  assert {
    condition     = lectern_atlas_private_link_endpoint.this["all"].interface_endpoint_id == aws_vpc_endpoint.mongodb["all"].id && lectern_atlas_private_link_endpoint.this["all"].cluster_names == toset(["main"])
    error_message = "Atlas is told of the endpoint, and the clusters' strings are waited for (B2)."
  }

  assert {
    condition     = length(aws_lb.mongodb) + length(aws_security_group.behind_nlb) == 0
    error_message = "There is no load balancer unless asked for (B7)."
  }
}

run "a_service_made_elsewhere" {
  command = plan

  variables {
    private_link = { service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" }
  }

  assert {
    condition     = aws_vpc_endpoint.mongodb["all"].service_name == "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"
    error_message = "The endpoint is of the service given (B2)."
  }

  assert {
    condition     = length(lectern_atlas_private_link.this) + length(lectern_atlas_private_link_endpoint.this) == 0
    error_message = "Nothing is made at Atlas."
  }
}

run "a_load_balancer_before_an_endpoint_for_each_zone" {
  command = apply

  # Every mocked endpoint has the same defaults; here they have to be told apart.
  override_resource {
    target = aws_vpc_endpoint.mongodb["eu-west-1a"]
    values = { id = "vpce-0000000000000000a", network_interface_ids = ["eni-0000000000000000a"] }
  }

  override_resource {
    target = aws_vpc_endpoint.mongodb["eu-west-1b"]
    values = { id = "vpce-0000000000000000b", network_interface_ids = ["eni-0000000000000000b"] }
  }

  override_data {
    target = data.aws_network_interface.mongodb["eu-west-1b"]
    values = { private_ip = "10.42.16.10" }
  }

  variables {
    topology = "nlb"
    atlas    = { project_id = "0123456789abcdef01234567" }
    nlb      = { ports = [1024, 1025], hostname = "pl-0-eu-west-1.abcde.mongodb.net" }
  }

  assert {
    condition     = keys(aws_vpc_endpoint.mongodb) == ["eu-west-1a", "eu-west-1b"] && alltrue([for endpoint in values(aws_vpc_endpoint.mongodb) : length(endpoint.subnet_ids) == 1])
    error_message = "Every zone has an endpoint of its own (B7)."
  }

  assert {
    condition     = keys(lectern_atlas_private_link_endpoint.this) == keys(aws_vpc_endpoint.mongodb)
    error_message = "Atlas is told of both (B7)."
  }

  assert {
    condition     = [for zone, interface in data.aws_network_interface.mongodb : interface.id] == ["eni-0000000000000000a", "eni-0000000000000000b"]
    error_message = "The addresses are those of the endpoints' interfaces (B7)."
  }

  assert {
    condition = { for key, target in aws_lb_target_group_attachment.mongodb : key => "${target.target_id}:${target.port}" } == {
      "1024/eu-west-1a" = "10.42.0.10:1024"
      "1024/eu-west-1b" = "10.42.16.10:1024"
      "1025/eu-west-1a" = "10.42.0.10:1025"
      "1025/eu-west-1b" = "10.42.16.10:1025"
    }
    error_message = "Every endpoint's address is a target of every port (B7)."
  }

  assert {
    condition     = aws_lb.mongodb["main"].internal && aws_lb.mongodb["main"].enable_cross_zone_load_balancing && aws_lb.mongodb["main"].load_balancer_type == "network"
    error_message = "The load balancer is internal and crosses zones (B7)."
  }

  assert {
    condition     = alltrue([for group in values(aws_lb_target_group.mongodb) : group.target_type == "ip" && group.health_check[0].protocol == "TCP" && group.preserve_client_ip == "false"])
    error_message = "Targets are addresses, checked over TCP, and see the load balancer's own (B7)."
  }

  assert {
    condition     = keys(aws_lb_listener.mongodb) == ["1024", "1025"]
    error_message = "Every port has a listener (B7)."
  }

  assert {
    condition     = aws_lb.mongodb["main"].security_groups == toset([aws_security_group.mongodb.id]) && alltrue([for endpoint in values(aws_vpc_endpoint.mongodb) : toset(endpoint.security_group_ids) == toset([aws_security_group.behind_nlb["main"].id])])
    error_message = "SG-MongoDB is on the load balancer, so that functions keep their rules; the endpoints are behind it (B5, B7)."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_from_nlb["main"].referenced_security_group_id == aws_security_group.mongodb.id && aws_vpc_security_group_egress_rule.nlb_to_endpoints["main"].referenced_security_group_id == aws_security_group.behind_nlb["main"].id
    error_message = "The endpoints let in the load balancer only (B5, B7)."
  }

  assert {
    condition     = aws_route53_zone.mongodb["main"].name == "pl-0-eu-west-1.abcde.mongodb.net" && aws_route53_record.mongodb["main"].alias[0].name == aws_lb.mongodb["main"].dns_name
    error_message = "The name in the connection string leads to the load balancer (B7)."
  }

  assert {
    condition     = output.nlb["mongo_1024"] == { load_balancer = "net/edu-mongodb/0123456789abcdef", target_group = "targetgroup/edu-1024/0123456789abcdef" }
    error_message = "A bundle takes the load balancer as target (B7)."
  }
}

run "flow_logs_that_tell_public_addresses" {
  command = apply

  assert {
    condition     = aws_flow_log.this["main"].traffic_type == "ALL" && aws_flow_log.this["main"].max_aggregation_interval == 60
    error_message = "All traffic is logged by the minute (C7)."
  }

  assert {
    condition     = startswith(aws_flow_log.this["main"].log_format, "$${version} $${account-id} $${interface-id} $${pkt-srcaddr} $${pkt-dstaddr} $${pkt-src-aws-service}")
    error_message = "The packets' own addresses and services are in the format (C7)."
  }

  assert {
    condition     = endswith(aws_flow_log.this["main"].log_format, "$${srcport} $${dstport} $${protocol} $${packets} $${bytes} $${start} $${end} $${action} $${log-status}")
    error_message = "A finding has the five-tuple, the amount and the time (C7)."
  }

  assert {
    condition     = output.flow_log == { flow_log_group = "/aws/vpc/edu/flow-logs", log_format = aws_flow_log.this["main"].log_format }
    error_message = "The module flow-log-guard gets the format that the flow log has (C7)."
  }

  assert {
    condition     = output.flow_logs == { flow_log_group = "/aws/vpc/edu/flow-logs" } && aws_cloudwatch_log_group.flow_logs["main"].retention_in_days == 90
    error_message = "The log group has a bundle's name for it, and an end (C7)."
  }
}

run "flow_logs_can_be_off" {
  command = plan

  variables {
    flow_logs = null
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_iam_role.flow_logs) + length(aws_cloudwatch_log_group.flow_logs) == 0 && output.flow_logs == null && output.flow_log == null
    error_message = "flow_logs = null makes none."
  }
}

run "nobody_elses_keys_and_secrets" {
  command = plan

  variables {
    endpoint_account_ids = ["210987654321"]
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.interface_endpoint.statement[0].condition : "${condition.test} ${condition.variable}" => condition.values } == {
      "StringEquals aws:PrincipalAccount"        = tolist(["123456789012"])
      "StringEqualsIfExists aws:ResourceAccount" = tolist(["123456789012", "210987654321"])
    }
    error_message = "The interface endpoints let the account's principals reach the account's resources (B9)."
  }
}

run "no_names_are_a_way_out" {
  command = plan

  variables {
    private_link = { service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" }
    dns_firewall = { allowed_domains = ["login.school.example"] }
  }

  assert {
    condition = toset(aws_route53_resolver_firewall_domain_list.allowed["main"].domains) == toset([
      "*.mongodb.net.", "*.s3.eu-west-1.amazonaws.com.", "kms.eu-west-1.amazonaws.com.", "lambda.eu-west-1.amazonaws.com.", "login.school.example.",
      "s3.eu-west-1.amazonaws.com.", "secretsmanager.eu-west-1.amazonaws.com.", "sts.eu-west-1.amazonaws.com.",
    ])
    error_message = "The resolver answers for the endpoints and what was allowed (B1)."
  }

  assert {
    condition     = aws_route53_resolver_firewall_rule.everything["main"].action == "BLOCK" && aws_route53_resolver_firewall_domain_list.everything["main"].domains == toset(["*."]) && aws_route53_resolver_firewall_rule.allowed["main"].priority < aws_route53_resolver_firewall_rule.everything["main"].priority
    error_message = "And for nothing else (B1)."
  }
}

run "names_are_answered_unless_it_is_said" {
  command = plan

  assert {
    condition     = length(aws_route53_resolver_firewall_rule_group.this) + length(aws_route53_resolver_firewall_domain_list.allowed) + length(aws_route53_resolver_firewall_rule_group_association.this) == 0
    error_message = "Nothing is made that was not asked for."
  }
}

run "a_service_without_an_endpoint_in_a_zone" {
  command = apply

  variables {
    interface_endpoint_zones = { sts = ["eu-west-1b", "eu-west-1c"] }
  }

  assert {
    condition     = aws_vpc_endpoint.interface["sts"].subnet_ids == toset([output.subnet_ids_by_zone["eu-west-1b"]]) && length(aws_vpc_endpoint.interface["kms"].subnet_ids) == 2
    error_message = "An endpoint is in the zones that its service has (B9)."
  }
}

run "a_vpc_that_is_there_already" {
  command = plan

  variables {
    vpc = {
      id              = "vpc-0123456789abcdef0"
      subnet_ids      = { eu-west-1a = "subnet-a", eu-west-1b = "subnet-b" }
      route_table_ids = { eu-west-1a = "rtb-a", eu-west-1b = "rtb-b" }
    }
  }

  assert {
    condition     = length(aws_vpc.this) + length(aws_subnet.private) + length(aws_route_table.private) + length(aws_default_security_group.this) == 0
    error_message = "Nothing of the VPC's own is made or changed."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.route_table_ids == toset(["rtb-a", "rtb-b"]) && aws_vpc_endpoint.interface["kms"].subnet_ids == toset(["subnet-a", "subnet-b"]) && aws_security_group.lambda.vpc_id == "vpc-0123456789abcdef0" && output.vpc_id == "vpc-0123456789abcdef0"
    error_message = "Endpoints and groups are made in it (B3, B5, B9)."
  }
}

run "groups_that_can_be_made_anew" {
  command = plan

  assert {
    condition     = [for group in [aws_security_group.lambda, aws_security_group.mongodb, aws_security_group.endpoints] : group.name_prefix] == ["edu-lambda-", "edu-mongodb-", "edu-endpoints-"]
    error_message = "A group's successor can be there before it goes."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region               = "eu-central-1"
    tags                 = { team = "platform" }
    permissions_boundary = "arn:aws:iam::123456789012:policy/developers"
  }

  assert {
    condition     = alltrue([for resource in [aws_vpc.this["main"], aws_security_group.lambda, aws_vpc_endpoint.s3, aws_cloudwatch_log_group.flow_logs["main"]] : resource.region == "eu-central-1" && resource.tags.team == "platform"])
    error_message = "All is where it was wanted and has the tags."
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.flow_logs) : role.permissions_boundary == "arn:aws:iam::123456789012:policy/developers" && endswith(role.name, "-eu-central-1")])
    error_message = "The role is bounded, and another region's has another name (D6)."
  }
}

run "an_endpoint_in_no_zone_is_refused" {
  command = plan

  variables {
    interface_endpoint_zones = { sts = ["eu-west-1c"] }
  }

  expect_failures = [aws_vpc_endpoint.interface["sts"]]
}

run "zones_by_name" {
  command = plan

  variables {
    cidr               = "172.20.0.0/22"
    availability_zones = ["eu-west-1c", "eu-west-1a", "eu-west-1b"]
  }

  assert {
    condition = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == {
      "eu-west-1a" = "172.20.0.64/26"
      "eu-west-1b" = "172.20.0.128/26"
      "eu-west-1c" = "172.20.0.0/26"
    }
    error_message = "A zone's place in the list decides its subnet."
  }
}

run "both_ways_to_a_service_are_refused" {
  command = plan

  variables {
    atlas        = { project_id = "0123456789abcdef01234567" }
    private_link = { service_name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" }
  }

  expect_failures = [aws_vpc_endpoint.mongodb]
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a vpc in one zone is refused
    vpc = { id = "vpc-0123456789abcdef0", subnet_ids = { eu-west-1a = "subnet-a" }, route_table_ids = { eu-west-1a = "rtb-a" } }

    # zones of a service that has no endpoint are refused
    interface_endpoint_zones = { sqs = ["eu-west-1a"] }

    # an account that is none is refused by the endpoints
    endpoint_account_ids = ["12345"]

    # every name is refused
    dns_firewall = { allowed_domains = ["*"] }

    # a name too long for the load balancer is refused
    name = "more-than-twenty-four-letters"

    # a public range is refused
    cidr = "172.32.0.0/16"

    # an account that is none is refused
    s3_account_ids = ["12345"]

    # a projects name in the place of its id is refused
    atlas = { project_id = "education" }

    # an endpoints id in the place of the service is refused
    private_link = { service_name = "vpce-0123456789abcdef0" }

    # a topology that is none is refused
    topology = "peering"

    # a port no node has is refused
    nlb = { ports = [443] }

    # a retention cloudwatch does not know is refused
    flow_logs = { retention_days = 100 }
  }

  expect_failures = [
    var.vpc,
    var.interface_endpoint_zones,
    var.endpoint_account_ids,
    var.dns_firewall,
    var.name,
    var.cidr,
    var.s3_account_ids,
    var.atlas,
    var.private_link,
    var.topology,
    var.nlb,
    var.flow_logs,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a range not by its first address is refused
    cidr = "10.42.1.0/16"

    # one zone is refused
    availability_zones = ["eu-west-1a"]

    # an interface endpoint for s3 is refused
    interface_endpoints = ["s3"]

    # a host name with its port is refused
    nlb = { hostname = "pl-0-eu-west-1.abcde.mongodb.net:1024" }
  }

  expect_failures = [
    var.cidr,
    var.availability_zones,
    var.interface_endpoints,
    var.nlb,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a range too small is refused
    cidr = "10.42.0.0/24"

    # the same zone twice is refused
    availability_zones = ["eu-west-1a", "eu-west-1a"]
  }

  expect_failures = [
    var.cidr,
    var.availability_zones,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    atlas_project_id = "0123456789abcdef01234567"
    log_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
