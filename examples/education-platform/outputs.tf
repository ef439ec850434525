output "url" {
  description = "Address of the platform."
  value       = "https://${var.domain}"
}

output "distribution" {
  description = "The distribution: `id`, and `domain_name` and `hosted_zone_id`, the target of the DNS records of `domain`."
  value       = { id = module.cdn.id, domain_name = module.cdn.domain_name, hosted_zone_id = module.cdn.hosted_zone_id }
}

output "regions" {
  description = "What is in each Region, by `primary` and `secondary`: its API, users, buckets, restore and import functions, and alarms."
  value = {
    for place, region in { primary = module.primary, secondary = module.secondary } : place => {
      region                       = var.regions[place]
      api                          = region.api
      users                        = region.users
      files                        = region.files.bucket
      dumps                        = region.dumps
      exports                      = region.exports.bucket
      restore                      = region.restore
      export_function_arn          = region.export_function_arn
      import_function_arn          = region.import_function_arn
      alarms                       = region.alarms
    }
  }
}

output "function_roles" {
  description = "ARNs of the roles of the functions by Region and handler. With `host`, they are the AWS IAM database users that the clusters need."
  value       = { primary = module.primary.function_roles, secondary = module.secondary.function_roles }
}

output "connection_strings" {
  description = "Private connection strings of Atlas, by Region."
  value       = { primary = module.primary.network.connection_strings, secondary = module.secondary.network.connection_strings }
}

output "override_parameter" {
  description = "Name of the parameter in us-east-1 with which an operator sets the write path: auto, primary or secondary."
  value       = module.origin_failover.override_parameter_name
}
