import {
  to = lectern_atlas_private_link_endpoint.zone["a"]
  identity = {
    project_id            = "5f1b2c3d4e5f60718293a4b5"
    private_link_id       = "60a1b2c3d4e5f60718293a4b"
    interface_endpoint_id = "vpce-0a1b2c3d4e5f60718"
  }
}
