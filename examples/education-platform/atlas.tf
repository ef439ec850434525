# A project and a cluster of MongoDB Atlas in each Region (B8, D1, D3, F6). Functions sign in with their roles: there is no password.

# Credentials come from environment variables: MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET.
provider "mongodbatlas" {}

locals {
  database_roles = {
    upload-api     = [{ role = "readWrite", collection = "files" }]
    download-api   = [{ role = "read", collection = "files" }, { role = "read", collection = "memberships" }]
    profile-api    = [{ role = "readWrite", collection = "profiles" }]
    upload-janitor = [{ role = "readWrite", collection = "files" }]
  }
  function_roles = { primary = module.primary.function_roles, secondary = module.secondary.function_roles }
}

module "atlas" {
  source   = "../../terraform/modules/atlas"
  for_each = var.atlas == null ? {} : var.regions

  name    = "${var.name}-${each.key}"
  region  = each.value
  project = var.atlas.project_ids == null ? { org_id = var.atlas.org_id, name = "${var.name}-${each.key}" } : { id = var.atlas.project_ids[each.key] }

  cluster = {
    name            = each.key
    instance_size   = var.atlas.instance_size
    mongodb_version = var.atlas.mongodb_version
  }

  database_users = merge(
    {
      for handler, roles in local.database_roles : handler => {
        role_arn = local.function_roles[each.key][handler]
        roles    = [for role in roles : merge(role, { database = var.mongo.database })]
      }
    },
    { mongo-probe = { role_arn = local.function_roles[each.key]["mongo-probe"], roles = [{ role = "clusterMonitor", database = "admin" }] } },
  )

  alert_emails           = tolist(var.critical_emails)
  termination_protection = !var.force_destroy
}

locals {
  # Host names of the private links. Clients of one endpoint use the connection strings of that endpoint.
  private_hosts = {
    for place, network in { primary = module.primary.network, secondary = module.secondary.network } :
    place => try(trimprefix(values(network.connection_strings)[0][place].srv, "mongodb+srv://"), null)
  }

  mongo = {
    for place, mongo in { primary = var.mongo.primary, secondary = var.mongo.secondary } : place => merge(mongo, {
      database = var.mongo.database
      host     = mongo.host != null || mongo.secret != null ? mongo.host : local.private_hosts[place]
    })
  }
}
