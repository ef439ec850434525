# A partner connects from two public addresses. Without allow_public the plan returns an error.
resource "lectern_atlas_access_list" "partner" {
  project_id   = "5f1b2c3d4e5f60718293a4b7"
  allow_public = true

  entries = {
    "203.0.113.10/32" = { comment = "partner, first address" }
    "203.0.113.11/32" = { comment = "partner, second address" }
  }
}
