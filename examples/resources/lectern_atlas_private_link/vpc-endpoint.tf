variable "vpc_id" {
  description = "VPC whose clients connect to Atlas."
  type        = string
  default     = "vpc-0a1b2c3d4e5f60718"
}

variable "subnet_ids" {
  description = "One subnet for each Availability Zone."
  type        = map(string)
  default     = { a = "subnet-0a1b2c3d4e5f60718", b = "subnet-0b1b2c3d4e5f60718" }
}

variable "security_group_id" {
  description = "Security group that allows the clients to connect to the endpoints on TCP ports 1024 to 65535."
  type        = string
  default     = "sg-0a1b2c3d4e5f60718"
}

resource "lectern_atlas_private_link" "network" {
  project_id = "5f1b2c3d4e5f60718293a4b6"
  region     = "eu-central-1"
}

resource "aws_vpc_endpoint" "atlas" {
  for_each = var.subnet_ids

  vpc_id              = var.vpc_id
  service_name        = lectern_atlas_private_link.network.endpoint_service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [each.value]
  security_group_ids  = [var.security_group_id]
  private_dns_enabled = false # Atlas publishes host names that resolve to the endpoints
}

resource "lectern_atlas_private_link_endpoint" "atlas" {
  for_each = aws_vpc_endpoint.atlas

  project_id            = lectern_atlas_private_link.network.project_id
  private_link_id       = lectern_atlas_private_link.network.private_link_id
  interface_endpoint_id = each.value.id
  cluster_names         = ["main"]
}
