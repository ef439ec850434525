# examples/private-link also creates the VPC endpoints.
variable "vpc_endpoint_ids" {
  description = "VPC endpoints to the link's service, by availability zone."
  type        = map(string)
  default     = { a = "vpce-0a1b2c3d4e5f60718", b = "vpce-0b1b2c3d4e5f60718" }
}

resource "lectern_atlas_private_link" "main" {
  project_id = "5f1b2c3d4e5f60718293a4b5"
  region     = "eu-central-1"
}

resource "lectern_atlas_private_link_endpoint" "zone" {
  for_each = var.vpc_endpoint_ids

  project_id            = lectern_atlas_private_link.main.project_id
  private_link_id       = lectern_atlas_private_link.main.private_link_id
  interface_endpoint_id = each.value
  cluster_names         = ["main"]
}

# Connection string for clients, without user name and password.
output "srv" {
  value = { for zone, endpoint in lectern_atlas_private_link_endpoint.zone : zone => endpoint.connection_strings["main"].srv }
}
