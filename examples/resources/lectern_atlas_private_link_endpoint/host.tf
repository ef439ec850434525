# Waits until the cluster uses the endpoint, for up to three hours.
resource "lectern_atlas_private_link_endpoint" "main" {
  project_id            = "5f1b2c3d4e5f60718293a4b5"
  private_link_id       = "60a1b2c3d4e5f60718293a4b"
  interface_endpoint_id = "vpce-0a1b2c3d4e5f60718"
  cluster_names         = ["main"]

  timeouts = { create = "3h" }
}

# Host name of the cluster at the endpoint, for example "main-pl-0.ab1cd.mongodb.net".
output "mongo_host" {
  description = "Host name of the cluster at the private endpoint."
  value       = trimprefix(lectern_atlas_private_link_endpoint.main.connection_strings["main"].srv, "mongodb+srv://")
}
