import {
  to = lectern_atlas_private_link_endpoint.zone["a"]
  id = "5f1b2c3d4e5f60718293a4b5/60a1b2c3d4e5f60718293a4b/vpce-0a1b2c3d4e5f60718"
}
