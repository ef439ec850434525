# One Region of the platform. Both Regions are made of this, so that the second is what the first is (F6).

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account    = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix

  package = {
    for handler in [
      "cognito-export", "cognito-import", "download-api", "flow-log-guard", "mongo-dump", "mongo-probe", "mongo-restore", "profile-api",
      "upload-api", "upload-janitor",
    ] : handler => try(var.artifacts[handler], { path = "${var.packages}/${handler}.zip" })
  }
}

module "network" {
  source = "../../../terraform/modules/network"

  name         = var.name
  region       = var.region
  cidr         = var.cidr
  atlas        = var.atlas
  topology     = var.topology
  dns_firewall = var.dns_firewall
  flow_logs    = { kms_key_arn = aws_kms_key.logs.arn }

  # What the functions in the subnets call: the export of users reaches Cognito, too.
  interface_endpoints = ["cognito-idp", "kms", "lambda", "secretsmanager", "sts"]
}

module "storage" {
  source = "../../../terraform/modules/storage"

  bucket                  = var.buckets.files
  region                  = var.region
  allowed_origins         = var.page_origins
  bucket_policy_documents = [var.cdn_policies.bucket]
  key_policy_documents    = [var.cdn_policies.key]
  access_logs             = { bucket = "${var.buckets.files}-logs" }
  force_destroy           = var.force_destroy
}

module "auth" {
  source = "../../../terraform/modules/auth"

  name                = var.name
  region              = var.region
  mfa                 = var.mfa
  auth_flows          = var.auth_flows
  deletion_protection = !var.force_destroy
}

# The header of the distribution is checked here; the web ACL of the distribution itself is global.
module "edge" {
  source = "../../../terraform/modules/edge"

  name          = var.name
  region        = var.region
  cdn           = null
  origin_verify = { values = var.origin_verify_values }
  health_path   = "/health"
  kms_key_arn   = aws_kms_key.logs.arn
}

module "api" {
  source = "../../../terraform/modules/api"

  name                        = var.name
  region                      = var.region
  user_pool_arn               = module.auth.user_pool_arn
  cors_origins                = var.page_origins
  kms_key_arn                 = aws_kms_key.logs.arn
  manage_account_logging_role = var.manage_account_logging_role
  origin_verify               = { web_acl_arn = module.edge.api_web_acl_arn }
  resource_policy             = var.resource_policy
  health_path                 = "/health"

  handlers = {
    upload-api   = module.upload.handler
    download-api = module.download.handler
    profile-api  = module.profile.handler
  }
}
