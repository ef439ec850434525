# The network of functions. A plan without functions in a VPC has none.
package lectern.rules.network

import data.lectern.about
import data.lectern.lib

# METADATA
# title: The VPC of functions has no way to the internet
# scope: document
# custom:
#   requirement: B1
#   severity: deny
#   fix: Remove it. Functions reach AWS and Atlas through VPC endpoints.
network_private contains lib.found(chain, gateway.address, sprintf("the plan has an %s and functions in a VPC", [gateway.type])) if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some gateway in lib.of_types({"aws_internet_gateway", "aws_nat_gateway", "aws_egress_only_internet_gateway", "aws_eip"})
}

network_private contains lib.found(chain, subnet.address, "map_public_ip_on_launch is true") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some subnet in lib.of_type("aws_subnet")
	subnet.after.map_public_ip_on_launch == true
}

network_private contains lib.not_known(chain, subnet.address, "map_public_ip_on_launch") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some subnet in lib.of_type("aws_subnet")
	lib.is_unknown(subnet, ["map_public_ip_on_launch"])
}

# METADATA
# title: The VPC of functions has an S3 gateway endpoint with route tables
# scope: document
# custom:
#   requirement: B3
#   severity: deny
#   fix: Add aws_vpc_endpoint with vpc_endpoint_type = "Gateway", the service name of S3, and the private route tables in route_table_ids.
network_s3_endpoint contains lib.found(chain, vpc.address, "the plan has functions in a VPC and no S3 gateway endpoint") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some vpc in lib.of_type("aws_vpc")
	count(about.s3_endpoints) == 0
}

network_s3_endpoint contains lib.found(chain, endpoint.address, "no route table is in route_table_ids") if {
	chain := rego.metadata.chain()
	some endpoint in about.s3_endpoints
	not about.may_have_route_table(endpoint)
	not about.has_route_table(endpoint)
}

# METADATA
# title: An interface endpoint is in two Availability Zones
# scope: document
# custom:
#   requirement: B7
#   severity: warn
#   fix: Put subnets of two Availability Zones into subnet_ids.
network_endpoint_zones contains lib.found(chain, endpoint.address, "subnet_ids has fewer than two subnets") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some endpoint in about.interface_endpoints
	not lib.is_partly_unknown(endpoint, ["subnet_ids"])
	count(lib.listed(lib.value(endpoint, ["subnet_ids"]))) < 2
}

network_endpoint_zones contains lib.not_known(chain, endpoint.address, "the number of subnet_ids") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some endpoint in about.interface_endpoints
	lib.is_unknown(endpoint, ["subnet_ids"])
}

# METADATA
# title: A network load balancer balances across zones and keeps no client addresses
# scope: document
# custom:
#   requirement: B7
#   severity: deny
#   fix: Set enable_cross_zone_load_balancing = true on the load balancer, and preserve_client_ip = false and a TCP health_check on the target group.
network_load_balancer contains lib.found(chain, balancer.address, "enable_cross_zone_load_balancing is not true") if {
	chain := rego.metadata.chain()
	some balancer in lib.of_type("aws_lb")
	balancer.after.load_balancer_type == "network"
	not balancer.after.enable_cross_zone_load_balancing == true
	not lib.is_unknown(balancer, ["enable_cross_zone_load_balancing"])
}

network_load_balancer contains lib.found(chain, group.address, "preserve_client_ip is true, which breaks targets that are addresses of endpoints") if {
	chain := rego.metadata.chain()
	some group in lib.of_type("aws_lb_target_group")
	group.after.target_type == "ip"
	group.after.preserve_client_ip in {true, "true"}
}

network_load_balancer contains lib.not_known(chain, balancer.address, "enable_cross_zone_load_balancing") if {
	chain := rego.metadata.chain()
	some balancer in lib.of_type("aws_lb")
	balancer.after.load_balancer_type == "network"
	lib.is_unknown(balancer, ["enable_cross_zone_load_balancing"])
}

# METADATA
# title: Security groups of functions do not let everything out
# scope: document
# custom:
#   requirement: B5
#   severity: deny
#   fix: Allow egress to the S3 prefix list and to security groups of endpoints only.
network_egress contains lib.found(chain, rule.address, sprintf("egress to %s from a security group of a function", [range])) if {
	chain := rego.metadata.chain()
	some rule in about.egress_rules
	about.is_of_function(rule)
	some range in about.ranges(rule)
	about.is_open(range)
}

network_egress contains lib.found(chain, group.address, sprintf("egress to %s from a security group of a function", [range])) if {
	chain := rego.metadata.chain()
	some group in about.function_groups
	some inline in lib.listed(lib.value(group, ["egress"]))
	some range in array.concat(lib.listed(object.get(inline, "cidr_blocks", [])), lib.listed(object.get(inline, "ipv6_cidr_blocks", [])))
	about.is_open(range)
}

network_egress contains lib.not_known(chain, rule.address, "whether a function has this security group with open egress") if {
	chain := rego.metadata.chain()
	about.has_undecided_groups
	some rule in about.egress_rules
	not about.is_of_function(rule)
	some range in about.ranges(rule)
	about.is_open(range)
}

network_egress contains lib.not_known(chain, group.address, "whether a function has this security group with open egress") if {
	chain := rego.metadata.chain()
	about.has_undecided_groups
	some group in lib.of_type("aws_security_group")
	not group in about.function_groups
	some inline in lib.listed(lib.value(group, ["egress"]))
	some range in array.concat(lib.listed(object.get(inline, "cidr_blocks", [])), lib.listed(object.get(inline, "ipv6_cidr_blocks", [])))
	about.is_open(range)
}

network_egress contains lib.not_known(chain, rule.address, "the range of addresses") if {
	chain := rego.metadata.chain()
	some rule in about.egress_rules
	about.is_of_function(rule)
	about.has_unknown_range(rule)
}

# METADATA
# title: Security groups of interface endpoints do not let everybody in
# scope: document
# custom:
#   requirement: B5
#   severity: deny
#   fix: Allow ingress from the security group of the functions with referenced_security_group_id.
network_endpoint_ingress contains lib.found(chain, rule.address, sprintf("ingress from %s to a security group of an endpoint", [range])) if {
	chain := rego.metadata.chain()
	some rule in about.ingress_rules
	about.is_of_endpoint(rule)
	some range in about.ranges(rule)
	about.is_open(range)
}

network_endpoint_ingress contains lib.not_known(chain, rule.address, "the range of addresses") if {
	chain := rego.metadata.chain()
	some rule in about.ingress_rules
	about.is_of_endpoint(rule)
	about.has_unknown_range(rule)
}

# METADATA
# title: The VPC of functions has a flow log
# scope: document
# custom:
#   requirement: C7
#   severity: deny
#   fix: Add aws_flow_log with traffic_type = "ALL" for the VPC.
network_flow_log contains lib.found(chain, vpc.address, "the VPC has no aws_flow_log") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some vpc in lib.of_type("aws_vpc")
	lib.lacks_linked({"aws_flow_log"}, "vpc_id", vpc)
}

network_flow_log contains lib.not_known(chain, vpc.address, "the VPC of aws_flow_log") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	some vpc in lib.of_type("aws_vpc")
	lib.may_have_linked({"aws_flow_log"}, "vpc_id", vpc)
}

network_flow_log contains lib.found(chain, log.address, sprintf("traffic_type is %v", [log.after.traffic_type])) if {
	chain := rego.metadata.chain()
	some log in lib.of_type("aws_flow_log")
	log.after.traffic_type != "ALL"
}

network_flow_log contains lib.not_known(chain, log.address, "traffic_type") if {
	chain := rego.metadata.chain()
	some log in lib.of_type("aws_flow_log")
	lib.is_unknown(log, ["traffic_type"])
}

# METADATA
# title: Security groups of private endpoints of Atlas allow its ports only
# scope: document
# custom:
#   requirement: B5
#   severity: deny
#   fix: Set from_port = 1024 and to_port = 65535, which dedicated clusters use, or a smaller range of these.
network_atlas_ports contains lib.found(chain, rule.address, sprintf("ingress to port %v of a private endpoint", [rule.after.from_port])) if {
	chain := rego.metadata.chain()
	some rule in about.ingress_rules
	about.is_of_private_endpoint(rule)
	rule.after.from_port < 1024
}

network_atlas_ports contains lib.found(chain, rule.address, "ingress of all protocols to a private endpoint") if {
	chain := rego.metadata.chain()
	some rule in about.ingress_rules
	about.is_of_private_endpoint(rule)
	object.get(rule.after, "ip_protocol", object.get(rule.after, "protocol", "")) in {"-1", "all"}
}

# METADATA
# title: All route tables of the VPC of functions have the S3 gateway endpoint
# scope: document
# custom:
#   requirement: B3
#   severity: warn
#   fix: Add the route table to route_table_ids of the S3 gateway endpoint.
network_s3_routes contains lib.found(chain, table.address, "no S3 gateway endpoint has this route table") if {
	chain := rego.metadata.chain()
	about.has_functions_in_vpc
	count(about.s3_endpoints) > 0
	some table in lib.of_type("aws_route_table")
	not about.may_have_s3_endpoint(table)
}
