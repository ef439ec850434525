# The web page, which the distribution serves from the bucket of the files, and from its replica.

locals {
  site = {
    "index.html" = "text/html; charset=utf-8"
    "app.js"     = "text/javascript; charset=utf-8"
    "cognito.js" = "text/javascript; charset=utf-8"
    "style.css"  = "text/css; charset=utf-8"
  }

  # What the page may call: Cognito and the upload hosts of both Regions, since it goes to the second where the first is lost.
  connect = concat(
    ["'self'"],
    var.page_connect_sources,
    flatten([for place, region in var.regions : [
      "https://cognito-idp.${region}.${data.aws_partition.current.dns_suffix}",
      "https://${local.names[place].files}.s3.${region}.${data.aws_partition.current.dns_suffix}",
    ]]),
  )
  content_security_policy = "default-src 'self'; connect-src ${join(" ", local.connect)}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
}

resource "aws_s3_object" "site" {
  for_each   = local.site
  depends_on = [module.recovery]

  region       = var.regions.primary
  bucket       = module.primary.files.bucket
  key          = "site/${each.key}"
  content      = file("${path.module}/site/${each.key}")
  content_type = each.value
}

# Nothing in it is secret: a client ID names an app and lets nobody in.
resource "aws_s3_object" "configuration" {
  depends_on = [module.recovery]

  region       = var.regions.primary
  bucket       = module.primary.files.bucket
  key          = "site/configuration.json"
  content_type = "application/json"
  content = jsonencode({
    api = "/${module.primary.api.stage}"
    users = [
      for place, region in { primary = module.primary, secondary = module.secondary } : {
        region                       = var.regions[place]
        endpoint                     = coalesce(lookup(var.cognito_endpoints, place, null), "https://cognito-idp.${var.regions[place]}.${data.aws_partition.current.dns_suffix}")
        pool                         = region.users.user_pool_id
        client_id                    = region.users.client_id
      }
    ]
  })
}
