# Manages the whole list: the next apply deletes all other entries. Connections through a private endpoint need no entry.
resource "lectern_atlas_access_list" "project" {
  project_id = "5f1b2c3d4e5f60718293a4b5"

  entries = {
    "10.20.0.0/16" = { comment = "office, through the VPN" }
    "10.30.4.7"    = { comment = "bastion" }
  }
}
