# A private link that another configuration manages.
data "lectern_atlas_private_link" "main" {
  project_id = "5f1b2c3d4e5f60718293a4b5"
  region     = "eu-central-1"
}

output "private_link_id" {
  value = data.lectern_atlas_private_link.main.private_link_id
}
