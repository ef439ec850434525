# Database users without a password: whoever has the role's credentials is the user (D2).

resource "mongodbatlas_database_user" "this" {
  for_each = var.database_users

  project_id         = local.project_id
  username           = each.value.role_arn
  auth_database_name = "$external"
  aws_iam_type       = "ROLE"
  description        = each.key

  dynamic "roles" {
    for_each = each.value.roles

    content {
      role_name       = roles.value.role
      database_name   = roles.value.database
      collection_name = roles.value.collection
    }
  }

  # Users are the project's; each of these is let in by this cluster alone.
  scopes {
    name = mongodbatlas_advanced_cluster.this.name
    type = "CLUSTER"
  }
}
