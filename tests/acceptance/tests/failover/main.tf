# A distribution with buckets and APIs in two regions behind web ACLs, an alarm on each region, the function between them, and an alarm on
# the function.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

# With an account, it takes host names of S3 for it that are nowhere.
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

provider "lectern" {}

variable "package_path" {
  type = string
}

variable "environment" {
  type = map(string)
}

# hashicorp/aws waits two minutes for a queue to be gone, so the test makes it.
variable "dead_letter_queue" {
  type = string
}

variable "signing_key" {
  type = string
}

# The new value of the origin header, and the one before.
variable "origin_verify_values" {
  type      = list(string)
  sensitive = true
}

# The bucket of the files and its replica, into which the test copies what it wants there.
module "files" {
  source = "./modules/storage"

  bucket                  = "edu-files"
  force_destroy           = true
  bucket_policy_documents = [module.cdn.bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "replica" {
  source = "./modules/storage"

  bucket                  = "edu-replica"
  region                  = "eu-west-1"
  force_destroy           = true
  bucket_policy_documents = [module.cdn.secondary_bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "edge" {
  source = "./modules/edge"

  name          = "edu"
  origin_verify = { values = var.origin_verify_values }
}

# No request reaches the function: those that the API allows have no token.
module "probe" {
  source = "./modules/function"

  name        = "edu-probe"
  description = "Stands behind the API"
  package     = { path = var.package_path }
}

# What it answers by itself tells who got in: 401 without a token, and a page's preflight.
module "api" {
  source = "./modules/api"

  name                        = "edu"
  user_pool_arn               = aws_cognito_user_pool.users.arn
  handlers                    = { probe = module.probe.handler }
  contract                    = jsonencode({ routes = { "GET /profile" = { operation = "getProfile", handler = "probe" }, "POST /profile" = { operation = "setProfile", handler = "probe" } }, models = {} })
  cors_origins                = ["https://learn.example.com"]
  manage_account_logging_role = true
  origin_verify               = { web_acl_arn = module.edge.api_web_acl_arn }

  # As the module's own: for the provider above, the ARN of an API has no account.
  resource_policy = {
    json = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "arn:aws:execute-api:us-east-1:000000000000:*/v1/*" }]
    })
  }
}

resource "aws_cognito_user_pool" "users" {
  name = "edu"
}

# hashicorp/aws would wait half a minute for a deployment.
module "cdn" {
  source = "./modules/cdn"

  name                = "edu"
  aliases             = ["learn.example.com"]
  certificate_arn     = "arn:aws:acm:us-east-1:000000000000:certificate/1234abcd"
  assets              = {}
  signing_keys        = { first = var.signing_key }
  geo                 = { restriction_type = "whitelist", locations = ["DE"] }
  web_acl_arn         = module.edge.cdn_web_acl_arn
  wait_for_deployment = false

  files = {
    bucket_arn                  = module.files.bucket_arn
    bucket_regional_domain_name = module.files.bucket_regional_domain_name
    secondary                   = { bucket_arn = module.replica.bucket_arn, bucket_regional_domain_name = module.replica.bucket_regional_domain_name }
  }

  api = {
    host      = module.api.host
    stage     = module.api.stage_name
    verify    = module.edge.verify
    secondary = { host = "api-2.example.com" }
  }
}

# Ten seconds and not three minutes, so that the test need not wait; and no data is no news.
resource "aws_cloudwatch_metric_alarm" "regions" {
  for_each = toset(["primary", "secondary"])

  alarm_name          = "edu/${each.key}"
  namespace           = "Edu/Health"
  metric_name         = "HealthCheckStatus"
  dimensions          = { Region = each.key }
  statistic           = "Minimum"
  period              = 10
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "ignore"
}

resource "aws_sns_topic" "notices" {
  name = "notices"
}

module "origin_failover" {
  source = "./modules/origin-failover"

  name              = "edu"
  alarms            = { for region, alarm in aws_cloudwatch_metric_alarm.regions : region => alarm.alarm_name }
  distribution      = module.cdn.failover
  package           = { path = var.package_path }
  environment       = var.environment
  failback          = "automatic"
  hold_seconds      = 3
  notice_topic      = { arn = aws_sns_topic.notices.arn }
  dead_letter_queue = { arn = var.dead_letter_queue }
}

resource "lectern_alarm_bundle" "us_east_1" {
  name            = "edu"
  severities      = { warning = { alarm_actions = [aws_sns_topic.notices.arn] } }
  origin_failover = { writes = module.origin_failover.origin_failover_target }
}

output "distribution_id" {
  value = module.cdn.id
}

output "viewer" {
  value = { domain = module.cdn.domain_name, key_id = module.cdn.key_ids["first"], api = module.api.rest_api_id, bucket = module.files.ready_bucket, replica = module.replica.ready_bucket }
}
