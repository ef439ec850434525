output "connection_strings" {
  description = "By zone and cluster: srv and standard. They hold no user and no password."
  value       = { for zone, endpoint in lectern_atlas_private_link_endpoint.zone : zone => endpoint.connection_strings }
}
