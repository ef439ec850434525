# An existing endpoint service is an error. To manage it with this resource, import it.
resource "lectern_atlas_private_link" "own" {
  project_id     = "5f1b2c3d4e5f60718293a4b7"
  region         = "EU_WEST_1" # the spelling of Atlas is accepted too
  adopt_existing = false
}
