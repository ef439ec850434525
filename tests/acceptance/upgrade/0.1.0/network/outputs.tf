output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "subnet_ids" {
  description = "Private subnets, one for each zone."
  value       = local.subnet_ids
}

output "subnet_ids_by_zone" {
  description = "The same by the zone's name."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "route_table_ids" {
  description = "Route tables of the subnets, by the zone's name."
  value       = { for zone, table in aws_route_table.private : zone => table.id }
}

output "security_group_ids" {
  description = "Security groups of a function: SG-Lambda alone."
  value       = [aws_security_group.lambda.id]
}

output "vpc" {
  description = "subnet_ids and security_group_ids as the modules with functions take them in their variable vpc. It waits for the rules and endpoints, so that a function that exists can also talk."
  value = {
    subnet_ids         = local.subnet_ids
    security_group_ids = [aws_security_group.lambda.id]
  }
  depends_on = [
    aws_route_table_association.private,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_egress_rule.lambda_to_s3,
    aws_vpc_security_group_egress_rule.lambda_to_mongodb,
    aws_vpc_security_group_egress_rule.lambda_to_endpoints,
    aws_vpc_security_group_ingress_rule.mongodb_from_lambda,
    aws_vpc_security_group_ingress_rule.endpoints_from_lambda,
  ]
}

output "lambda_security_group_id" {
  description = "SG-Lambda."
  value       = aws_security_group.lambda.id
}

output "mongodb_security_group_id" {
  description = "SG-MongoDB: for anything in this VPC that functions are to reach as MongoDB."
  value       = aws_security_group.mongodb.id
}

output "endpoints_security_group_id" {
  description = "Group of the interface endpoints of AWS."
  value       = aws_security_group.endpoints.id
}

output "s3_endpoint_id" {
  description = "Gateway endpoint of S3, for bucket policies with aws:SourceVpce."
  value       = aws_vpc_endpoint.s3.id
}

output "interface_endpoint_ids" {
  description = "Interface endpoints of AWS, by service."
  value       = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id }
}

output "mongodb_endpoint_ids" {
  description = "MongoDB's endpoints: by zone behind a load balancer, else one by the name all; empty without atlas and private_link."
  value       = { for key, endpoint in aws_vpc_endpoint.mongodb : key => endpoint.id }
}

output "connection_strings" {
  description = "Atlas' private connection strings, by endpoint and cluster, each { srv, standard }; empty without atlas. Clients use one endpoint's."
  value       = { for key, endpoint in lectern_atlas_private_link_endpoint.this : key => endpoint.connection_strings }
}

output "nlb" {
  description = "For a bundle's nlb targets, by mongo_<port>: load_balancer, target_group. Empty without a load balancer."
  value = {
    for port, group in aws_lb_target_group.mongodb :
    "mongo_${port}" => { load_balancer = aws_lb.mongodb["main"].arn_suffix, target_group = group.arn_suffix }
  }
}

output "nlb_dns_name" {
  description = "The load balancer's own name; null without one."
  value       = one(values(aws_lb.mongodb)[*].dns_name)
}

output "flow_logs" {
  description = "For a bundle's flow_logs targets: flow_log_group; null without flow logs."
  value       = one([for group in aws_cloudwatch_log_group.flow_logs : { flow_log_group = group.name }])
}
