resource "lectern_atlas_private_link" "main" {
  project_id = "5f1b2c3d4e5f60718293a4b5"
  region     = "eu-central-1"

  # VPCs in these Regions can connect too.
  supported_remote_regions = ["eu-west-1"]

  timeouts = { create = "30m" }
}

# Use it as service_name of aws_vpc_endpoint.
output "service_name" {
  value = lectern_atlas_private_link.main.endpoint_service_name
}
