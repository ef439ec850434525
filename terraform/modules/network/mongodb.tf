# The private way to the cluster (B2, B7).

locals {
  nlb = var.topology == "nlb"

  # "endpoint": one endpoint with an address in every zone, behind one name; DNS leaves out a zone that is down.
  # "nlb": an endpoint for each zone, so that the load balancer has one address of each to check and to choose from.
  mongodb_endpoint_subnets = local.nlb ? { for zone in local.zones : zone => [zone] } : { all = local.zones }
  mongodb_endpoints        = var.atlas == null && var.private_link == null ? {} : local.mongodb_endpoint_subnets
  mongodb_service_name     = var.private_link == null ? one(values(lectern_atlas_private_link.this)[*].endpoint_service_name) : var.private_link.service_name
}

resource "lectern_atlas_private_link" "this" {
  for_each = var.atlas == null ? {} : { main = var.atlas }

  project_id     = each.value.project_id
  region         = local.region
  adopt_existing = each.value.adopt_existing
}

# Private DNS stays off: the names are Atlas' own, and Atlas publishes them with the endpoints' private addresses.
resource "aws_vpc_endpoint" "mongodb" {
  for_each = local.mongodb_endpoints

  region              = var.region
  vpc_id              = local.vpc_id
  service_name        = local.mongodb_service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for zone in each.value : local.subnets[zone]]
  security_group_ids  = [local.nlb ? one(values(aws_security_group.behind_nlb)[*].id) : aws_security_group.mongodb.id]
  private_dns_enabled = false

  tags = merge(var.tags, { Name = "${var.name}-mongodb-${each.key}" })

  lifecycle {
    precondition {
      condition     = var.atlas == null || var.private_link == null
      error_message = "Set either atlas, to create the private link in Atlas, or private_link, to use an existing endpoint service, but not both."
    }
  }
}

# Atlas opens the service to endpoints it was told of, and only then publishes their names.
resource "lectern_atlas_private_link_endpoint" "this" {
  for_each = var.atlas == null ? {} : local.mongodb_endpoints

  project_id            = lectern_atlas_private_link.this["main"].project_id
  private_link_id       = lectern_atlas_private_link.this["main"].private_link_id
  interface_endpoint_id = aws_vpc_endpoint.mongodb[each.key].id
  cluster_names         = var.atlas.cluster_names
}
