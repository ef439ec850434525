# Clients connect through private endpoints only: the list stays empty, and the next apply deletes what others add.
resource "lectern_atlas_access_list" "private" {
  project_id = "5f1b2c3d4e5f60718293a4b6"
  entries    = {}
}
