provider "aws" {
  region = var.region
}

# Atlas credentials: MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or the API key's two variables.
provider "lectern" {
  region = var.region
}

resource "lectern_atlas_private_link" "main" {
  project_id = var.atlas_project_id
  region     = var.region
}

resource "aws_security_group" "mongodb" {
  name        = "mongodb-private-link"
  description = "Interface endpoints to MongoDB Atlas"
  vpc_id      = var.vpc_id
}

# A dedicated cluster has one port per node at the endpoint, from 1024.
resource "aws_vpc_security_group_ingress_rule" "clients" {
  # checkov:skip=CKV_AWS_25:From one security group, never from 0.0.0.0/0. The nodes' ports are any from 1024 up, of which 3389 is one.

  security_group_id            = aws_security_group.mongodb.id
  description                  = "Clients of MongoDB"
  referenced_security_group_id = var.client_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 1024
  to_port                      = 65535
}

# One endpoint per zone. Private DNS is disabled: Atlas publishes host names that resolve to the private addresses of the endpoints.
resource "aws_vpc_endpoint" "atlas" {
  for_each = var.subnet_ids

  vpc_id              = var.vpc_id
  service_name        = lectern_atlas_private_link.main.endpoint_service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [each.value]
  security_group_ids  = [aws_security_group.mongodb.id]
  private_dns_enabled = false
}

resource "lectern_atlas_private_link_endpoint" "zone" {
  for_each = aws_vpc_endpoint.atlas

  project_id            = lectern_atlas_private_link.main.project_id
  private_link_id       = lectern_atlas_private_link.main.private_link_id
  interface_endpoint_id = each.value.id
  cluster_names         = var.cluster_names
}

# Clients connect through the endpoints only, which need no entry.
resource "lectern_atlas_access_list" "project" {
  project_id = var.atlas_project_id
  entries    = {}
}
