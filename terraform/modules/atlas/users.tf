# Database users without a password: principals that have the role's credentials sign in as the user (D2).

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

  # A database user belongs to the project; its scope limits it to this cluster.
  scopes {
    name = mongodbatlas_advanced_cluster.this.name
    type = "CLUSTER"
  }
}
