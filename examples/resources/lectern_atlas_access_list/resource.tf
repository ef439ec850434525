# The whole list: what is not here is drift and goes at the next apply. Traffic through a private link needs no entry.
resource "lectern_atlas_access_list" "project" {
  project_id = "5f1b2c3d4e5f60718293a4b5"

  entries = {
    "10.20.0.0/16" = { comment = "office, through the VPN" }
    "10.30.4.7"    = { comment = "bastion" }
  }
}
