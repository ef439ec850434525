# Every module once, with all that can have a name.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
    mongodbatlas = {
      source = "mongodb/mongodbatlas"
    }
  }
}

variable "name" {
  type = string
}

variable "region" {
  type = string
}

locals {
  package = { bucket = "artifacts", key = "package.zip", version_id = "1", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  key     = "arn:aws:kms:${var.region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  secret  = "arn:aws:secretsmanager:${var.region}:123456789012:secret:mongo-AbCdEf"
}

module "network" {
  source = "../modules/network"

  name         = var.name
  region       = var.region
  topology     = "nlb"
  private_link = { service_name = "com.amazonaws.vpce.${var.region}.vpce-svc-0123456789abcdef0" }
  dns_firewall = {}
}

module "storage" {
  source = "../modules/storage"

  bucket      = "${var.name}-files-${var.region}"
  access_logs = { bucket = "${var.name}-files-logs-${var.region}" }
  region      = var.region
}

module "auth" {
  source = "../modules/auth"

  name   = var.name
  region = var.region
  sms    = {}
}

module "function" {
  source = "../modules/function"

  name         = "${var.name}-upload-api"
  description  = "Takes files from administrators"
  region       = var.region
  package      = local.package
  assumed_role = { policy_documents = [jsonencode({ Statement = { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::files/*" } })] }
}

module "flow_log_guard" {
  source = "../modules/flow-log-guard"

  name     = var.name
  region   = var.region
  flow_log = module.network.flow_log
  package  = local.package
}

# All copies lead to one function, as the APIs of two environments may.
module "api" {
  source = "../modules/api"

  name                        = var.name
  region                      = var.region
  user_pool_arn               = "arn:aws:cognito-idp:${var.region}:123456789012:userpool/${var.region}_AbCdEf"
  handlers                    = { upload-api = { function_name = "upload-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:${var.region}:lambda:path/upload-api" } }
  manage_account_logging_role = true
}

module "monitoring" {
  source = "../modules/monitoring"

  name   = var.name
  region = var.region
  lambda = { upload = { function_name = "upload-api" } }
}

module "upload_janitor" {
  source = "../modules/upload-janitor"

  name           = var.name
  region         = var.region
  package        = local.package
  files          = { bucket = "${var.name}-files-${var.region}", bucket_arn = "arn:aws:s3:::${var.name}-files-${var.region}" }
  mongo_secret   = { arn = local.secret }
  mongo_database = "lectern"
}

module "mongo_probe" {
  source = "../modules/mongo-probe"

  name         = var.name
  region       = var.region
  cluster      = "main"
  mongo_secret = { arn = local.secret }
  package      = local.package
}

module "secret_rotation" {
  source = "../modules/secret-rotation"

  name          = var.name
  region        = var.region
  secrets       = { app = { arn = local.secret } }
  master_secret = { arn = local.secret }
  package       = local.package
}

module "origin_failover" {
  source = "../modules/origin-failover"

  name         = var.name
  region       = var.region
  alarms       = { primary = "edu/region-1", secondary = "edu/region-2" }
  distribution = { id = "E2QWRUHAPOMQZL", primary_origin_id = "api-1", secondary_origin_id = "api-2" }
  package      = local.package
}

module "cognito_export" {
  source = "../modules/cognito-export"

  name         = var.name
  region       = var.region
  user_pool    = { id = "${var.region}_AbCdEf", arn = "arn:aws:cognito-idp:${var.region}:123456789012:userpool/${var.region}_AbCdEf" }
  exports      = { bucket = "${var.name}-files-${var.region}", bucket_arn = "arn:aws:s3:::${var.name}-files-${var.region}", kms_key_arn = local.key }
  data_key_arn = local.key
  package      = local.package
}

module "cognito_import" {
  source = "../modules/cognito-import"

  name                = var.name
  region              = var.region
  user_pools          = { main = "arn:aws:cognito-idp:${var.region}:123456789012:userpool/${var.region}_AbCdEf" }
  source_user_pool_id = "eu-central-1_GhIjKl"
  exports             = { bucket = "${var.name}-files-${var.region}", bucket_arn = "arn:aws:s3:::${var.name}-files-${var.region}", kms_key_arn = local.key }
  data_key_arn        = local.key
  package             = local.package
}

# CloudFront is one for all regions: a distribution of each region is called differently.
module "cdn" {
  source = "../modules/cdn"

  name            = "${var.name}-${var.region}"
  aliases         = ["${var.name}-${var.region}.example.com"]
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
  files           = { bucket_arn = "arn:aws:s3:::${var.name}-files-${var.region}", bucket_regional_domain_name = "${var.name}-files-${var.region}.s3.${var.region}.amazonaws.com" }
  assets          = {}
  api             = { host = "a1b2c3.execute-api.${var.region}.amazonaws.com", stage = "v1", verify = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" } }
  signing_keys    = { first = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----" }
  geo             = { restriction_type = "none" }
  log_bucket      = { arn = "arn:aws:s3:::${var.name}-logs" }
}

# A distribution has one web ACL, which the first region has made.
module "edge" {
  source = "../modules/edge"

  name          = var.name
  region        = var.region
  cdn           = var.region == "eu-west-1" ? {} : null
  origin_verify = { values = ["0123456789abcdef0123456789abcdef"] }
}

module "recovery" {
  source = "../modules/recovery"

  name   = var.name
  region = var.region
  replications = {
    files = {
      source      = { bucket = "${var.name}-files-${var.region}", bucket_arn = "arn:aws:s3:::${var.name}-files-${var.region}", kms_key_arn = local.key }
      destination = { bucket = "${var.name}-files-us-west-2", bucket_arn = "arn:aws:s3:::${var.name}-files-us-west-2", kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", region = "us-west-2" }
      two_way     = true
    }
  }
}

module "delivery" {
  source = "../modules/delivery"

  name                 = var.name
  region               = var.region
  artifacts_bucket     = "${var.name}-artifacts-${var.region}"
  access_logs          = { bucket = "${var.name}-artifacts-logs-${var.region}" }
  state_bucket         = { arn = "arn:aws:s3:::edu-state" }
  permissions_boundary = "arn:aws:iam::123456789012:policy/edu-boundary"
  apply_policy_arns    = { platform = "arn:aws:iam::123456789012:policy/edu-apply" }
  pipeline             = { connection_arn = "arn:aws:codeconnections:${var.region}:123456789012:connection/1", repository = "school/platform" }
  functions            = { upload = { function_name = "${var.name}-upload-api", alarm_names = ["${var.name}/lambda/upload/errors/critical"] } }
}

module "backup" {
  source = "../modules/backup"

  name                = var.name
  region              = var.region
  cluster             = "main"
  bucket              = "${var.name}-dumps-${var.region}"
  access_logs         = { bucket = "${var.name}-dumps-logs-${var.region}" }
  secret_arn          = local.secret
  dump_package        = local.package
  restore_package     = local.package
  restore_secret_arns = [local.secret]
  drill               = { secret_arn = local.secret }
  large               = true
}

# A project for each copy: private endpoints of two Regions exclude each other in one.
module "atlas" {
  source = "../modules/atlas"

  name    = var.name
  region  = var.region
  project = { org_id = "0123456789abcdef01234567", name = "${var.name}-${var.region}" }
  cluster = { name = "main" }
}

# An account has one recorder in a Region and one service-linked role.
module "audit" {
  source = "../modules/audit"

  name        = var.name
  region      = var.region
  bucket      = "${var.name}-audit-${var.region}"
  access_logs = { bucket = "${var.name}-audit-logs-${var.region}" }
  config      = { create_recorder = var.name == "edu", create_service_linked_role = var.region == "eu-west-1" }
}
