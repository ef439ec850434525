output "connection_strings" {
  description = "Map of zone and cluster to the connection strings srv and standard. They contain no user name and no password."
  value       = { for zone, endpoint in lectern_atlas_private_link_endpoint.zone : zone => endpoint.connection_strings }
}
