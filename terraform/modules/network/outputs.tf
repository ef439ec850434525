output "vpc_id" {
  description = "ID of the VPC."
  value       = local.vpc_id
}

output "cidr" {
  description = "CIDR block of the VPC that the module created. `null` with an existing VPC."
  value       = one(values(aws_vpc.this)[*].cidr_block)
}

output "subnet_ids" {
  description = "IDs of the private subnets, one per Availability Zone."
  value       = local.subnet_ids
}

output "subnet_ids_by_zone" {
  description = "Map of Availability Zone to the ID of its private subnet."
  value       = local.subnets
}

output "route_table_ids" {
  description = "Map of Availability Zone to the ID of the route table of its subnet."
  value       = local.route_table_ids
}

output "security_group_ids" {
  description = "IDs of the security groups for functions: SG-Lambda."
  value       = [aws_security_group.lambda.id]
}

output "vpc" {
  description = "`subnet_ids` and `security_group_ids` for the variable `vpc` of the modules function and backup. It depends on the security group rules and all endpoints, and on the connection of the MongoDB endpoints, so that a function can connect as soon as it exists."
  value = {
    subnet_ids         = local.subnet_ids
    security_group_ids = [aws_security_group.lambda.id]
  }
  depends_on = [
    aws_lb_listener.mongodb,
    aws_lb_target_group_attachment.mongodb,
    aws_route53_record.mongodb,
    aws_route53_resolver_firewall_rule_group_association.this,
    aws_route_table_association.private,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.mongodb,
    aws_vpc_security_group_egress_rule.nlb_to_endpoints,
    aws_vpc_security_group_ingress_rule.endpoints_from_nlb,
    lectern_atlas_private_link_endpoint.this,
    aws_vpc_security_group_egress_rule.lambda_to_s3,
    aws_vpc_security_group_egress_rule.lambda_to_mongodb,
    aws_vpc_security_group_egress_rule.lambda_to_endpoints,
    aws_vpc_security_group_ingress_rule.mongodb_from_lambda,
    aws_vpc_security_group_ingress_rule.endpoints_from_lambda,
  ]
}

output "lambda_security_group_id" {
  description = "ID of SG-Lambda."
  value       = aws_security_group.lambda.id
}

output "mongodb_security_group_id" {
  description = "ID of SG-MongoDB. Attach it to resources in the VPC that functions connect to as MongoDB."
  value       = aws_security_group.mongodb.id
}

output "endpoints_security_group_id" {
  description = "ID of the security group of the AWS interface endpoints."
  value       = aws_security_group.endpoints.id
}

output "s3_endpoint_id" {
  description = "ID of the S3 gateway endpoint, for bucket policies with `aws:SourceVpce`."
  value       = aws_vpc_endpoint.s3.id
}

output "interface_endpoint_ids" {
  description = "Map of service to the ID of its interface endpoint."
  value       = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id }
}

output "mongodb_endpoint_ids" {
  description = "IDs of the MongoDB endpoints: by Availability Zone with the topology `nlb`, otherwise one with the key `all`. Empty without `atlas` and `private_link`."
  value       = { for key, endpoint in aws_vpc_endpoint.mongodb : key => endpoint.id }
}

output "connection_strings" {
  description = "Private connection strings from Atlas by endpoint and cluster, each `{ srv, standard }`. Clients use the connection strings of one endpoint. Empty without `atlas`."
  value       = { for key, endpoint in lectern_atlas_private_link_endpoint.this : key => endpoint.connection_strings }
}

output "nlb" {
  description = "Targets for `nlb` of an alarm bundle, by `mongo_<port>`: `load_balancer` and `target_group`. Empty without a load balancer."
  value = {
    for port, group in aws_lb_target_group.mongodb :
    "mongo_${port}" => { load_balancer = aws_lb.mongodb["main"].arn_suffix, target_group = group.arn_suffix }
  }
}

output "nlb_dns_name" {
  description = "DNS name of the load balancer. `null` without one."
  value       = one(values(aws_lb.mongodb)[*].dns_name)
}

output "flow_log" {
  description = "Value for `flow_log` of the module flow-log-guard: `flow_log_group` and `log_format`. `null` without flow logs."
  value       = one([for group in aws_cloudwatch_log_group.flow_logs : { flow_log_group = group.name, log_format = local.flow_log_format }])
}

output "flow_logs" {
  description = "Target for `flow_logs` of an alarm bundle: `flow_log_group`. `null` without flow logs."
  value       = one([for group in aws_cloudwatch_log_group.flow_logs : { flow_log_group = group.name }])
}
