# Credentials, Region and endpoints come from environment variables.
provider "lectern" {}

module "network" {
  source = "../../terraform/modules/network"

  name         = var.name
  atlas        = var.atlas
  private_link = var.private_link
  dns_firewall = var.dns_firewall
  flow_logs    = var.flow_logs == null ? null : merge(var.flow_logs, { kms_key_arn = aws_kms_key.logs.arn })
}

# A cluster in a VPC that is peered with this one. Its name has to resolve to private addresses here.
resource "aws_vpc_security_group_egress_rule" "lambda_to_cluster" {
  for_each = var.mongodb_security_group == null ? {} : { main = var.mongodb_security_group }

  security_group_id            = module.network.lambda_security_group_id
  description                  = "The cluster that is there already"
  referenced_security_group_id = each.value.id
  ip_protocol                  = "tcp"
  from_port                    = 1024
  to_port                      = 65535
}

resource "aws_vpc_security_group_ingress_rule" "cluster_from_lambda" {
  # checkov:skip=CKV_AWS_25:From one security group, never from 0.0.0.0/0. The nodes' ports are any from 1024 up, of which 3389 is one.

  for_each = var.mongodb_security_group == null ? {} : { main = var.mongodb_security_group }

  security_group_id            = each.value.id
  description                  = "Functions of ${var.name}"
  referenced_security_group_id = module.network.lambda_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 1024
  to_port                      = 65535
}

module "storage" {
  source = "../../terraform/modules/storage"

  bucket          = var.bucket
  allowed_origins = var.cors_origins
  access_logs     = { bucket = "${var.bucket}-logs" }
  force_destroy   = var.force_destroy
}

module "auth" {
  source = "../../terraform/modules/auth"

  name                = var.name
  mfa                 = var.mfa
  auth_flows          = var.auth_flows
  deletion_protection = !var.force_destroy
}

module "api" {
  source = "../../terraform/modules/api"

  name                        = var.name
  user_pool_arn               = module.auth.user_pool_arn
  cors_origins                = var.cors_origins
  kms_key_arn                 = aws_kms_key.logs.arn
  manage_account_logging_role = var.manage_account_logging_role

  handlers = {
    upload-api   = module.upload.handler
    download-api = module.download.handler
    profile-api  = module.profile.handler
  }
}

module "monitoring" {
  source = "../../terraform/modules/monitoring"

  name            = var.name
  warning_emails  = var.warning_emails
  critical_emails = var.critical_emails
  dashboard       = var.dashboard

  lambda = {
    upload   = module.upload.alarm_target
    download = module.download.alarm_target
    profile  = module.profile.alarm_target
    janitor  = module.janitor.function
  }
  api_gateway    = { main = merge(module.api.alarm_target, { expected_peak_rpm = var.expected_peak_rpm }) }
  s3             = { files = module.storage.alarm_target }
  cognito        = { web = module.auth.alarm_target }
  nlb            = module.network.nlb
  upload_janitor = { files = module.janitor.alarm_target }
}
