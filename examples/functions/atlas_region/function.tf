# "EU_CENTRAL_1", for resources of the mongodbatlas provider.
output "atlas_region" {
  value = provider::lectern::atlas_region("eu-central-1")
}
