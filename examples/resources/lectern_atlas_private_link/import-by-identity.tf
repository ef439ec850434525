import {
  to = lectern_atlas_private_link.main
  identity = {
    project_id = "5f1b2c3d4e5f60718293a4b5"
    region     = "eu-central-1"
  }
}
