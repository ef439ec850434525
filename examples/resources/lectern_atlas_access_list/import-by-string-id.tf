import {
  to = lectern_atlas_access_list.project
  id = "5f1b2c3d4e5f60718293a4b5"
}
