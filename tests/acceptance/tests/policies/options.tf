# Beside the example apis: what it does not use of the modules.

locals {
  secret_key   = "arn:aws:kms:eu-west-1:111122223333:key/5ec4e700-0000-4000-8000-000000000000"
  dump_secret  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-dump-AbCdEf"
  drill_secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-drill-AbCdEf"
}

# A state machine, a restore function, a drill, customer keys and a place in the VPC.
module "backup" {
  source = "./modules/backup"

  name                = "edu"
  cluster             = "main"
  bucket              = "edu-dumps"
  secret_arn          = local.dump_secret
  secret_kms_key_arn  = local.secret_key
  dump_package        = { path = "function.zip" }
  restore_package     = { path = "function.zip" }
  schedule_name       = "MongoDBDumpEvery6Hours"
  dump_role_name      = "BucketMongoDBBackup"
  failure_topic       = module.monitoring.topics.critical
  access_logs         = { bucket = "edu-dump-logs" }
  kms_key_arn         = aws_kms_key.logs.arn
  vpc                 = module.network.vpc
  large               = true
  restore_secret_arns = [local.drill_secret]
  drill               = { secret_arn = local.drill_secret }
}

module "flow_log_guard" {
  source = "./modules/flow-log-guard"

  name           = "edu"
  flow_log       = module.network.flow_log
  package        = { path = "function.zip" }
  findings_topic = module.monitoring.topics.critical
  event_bus      = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/security" }
  failure_topic  = module.monitoring.topics.warning
}

# One function that the schedule invokes itself, and people who restore by command line.
module "small" {
  source = "./modules/backup"

  name         = "small"
  cluster      = "small"
  bucket       = "small-dumps"
  secret_arn   = local.dump_secret
  dump_package = { path = "function.zip" }
}

# By the role's own name in MongoDB there is no secret; here there is one, with a customer key.
module "probe" {
  source = "./modules/mongo-probe"

  name         = "edu"
  cluster      = "main"
  mongo_secret = { arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-probe-AbCdEf", kms_key_arn = local.secret_key }
  package      = { path = "function.zip" }
  vpc          = module.network.vpc
}

# The secret of an application and its administrator's, with a key each.
module "rotation" {
  source = "./modules/secret-rotation"

  name          = "edu"
  secrets       = { app = { arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-app-AbCdEf", kms_key_arn = local.secret_key } }
  master_secret = { arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-admin-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/5ec4e700-0000-4000-8000-000000000001" }
  package       = { path = "function.zip" }
  vpc           = module.network.vpc
}

# A distribution with all permissions that CloudFront requires of principals that change it, and a record.
module "failover" {
  source = "./modules/origin-failover"

  name         = "edu"
  region       = "eu-west-1"
  alarms       = { primary = "edu/region-1", secondary = "edu/region-2" }
  package      = { path = "function.zip" }
  notice_topic = module.monitoring.topics.critical
  event_bus    = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/operations" }

  distribution = {
    id                  = "E2QWRUHAPOMQZL"
    primary_origin_id   = "api-1"
    secondary_origin_id = "api-2"
    web_acl_arn         = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edu/a1b2"
    log_bucket_arn      = "arn:aws:s3:::edu-cdn-logs"
  }
}

module "record_failover" {
  source = "./modules/origin-failover"

  name    = "record"
  region  = "eu-west-1"
  alarms  = { primary = "edu/region-1", secondary = "edu/region-2" }
  package = { path = "function.zip" }

  record = {
    zone_id   = "Z1D633PJN98FT9"
    name      = "write.example.com"
    primary   = { name = "api-1.example.com" }
    secondary = { name = "api-2.example.com" }
  }
}

module "export" {
  source = "./modules/cognito-export"

  name          = "edu"
  region        = "eu-west-1"
  package       = { path = "function.zip" }
  user_pool     = { id = "eu-west-1_AbCdEf", arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf" }
  exports       = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/b0c4e700-0000-4000-8000-000000000000" }
  data_key_arn  = "arn:aws:kms:eu-west-1:111122223333:key/da7a4e70-0000-4000-8000-000000000000"
  failure_topic = module.monitoring.topics.warning
}

module "import" {
  source = "./modules/cognito-import"

  name                = "edu"
  region              = "eu-west-1"
  package             = { path = "function.zip" }
  user_pools          = { main = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_GhIjKl" }
  source_user_pool_id = "eu-west-1_AbCdEf"
  exports             = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/b0c4e700-0000-4000-8000-000000000000" }
  data_key_arn        = "arn:aws:kms:eu-west-1:111122223333:key/da7a4e70-0000-4000-8000-000000000000"
}

# What a distribution reads, and where it writes its logs.
module "logged" {
  source = "./modules/storage"

  bucket                  = "logged-files"
  access_logs             = { bucket = "logged-files-logs" }
  bucket_policy_documents = [module.site.bucket_policy_json, module.site.log_bucket_policy_json]
  key_policy_documents    = [module.site.key_policy_json, module.site.log_key_policy_json]
}

# Both ways with a real bucket, and one way of a part of another.
module "recovery" {
  source = "./modules/recovery"

  name = "edu"
  replications = {
    files = {
      source      = { bucket = module.logged.bucket, bucket_arn = module.logged.bucket_arn, kms_key_arn = module.logged.kms_key_arn }
      destination = { bucket = "logged-files-2", bucket_arn = "arn:aws:s3:::logged-files-2", kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/f11e5000-0000-4000-8000-000000000000", region = "eu-central-1" }
      two_way     = true
    }
    exports = {
      source         = { bucket = "edu-exports", bucket_arn = "arn:aws:s3:::edu-exports", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/b0c4e700-0000-4000-8000-000000000000" }
      destination    = { bucket = "edu-exports-2", bucket_arn = "arn:aws:s3:::edu-exports-2", kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/e4905000-0000-4000-8000-000000000000", region = "eu-central-1" }
      prefix         = "cognito/"
      delete_markers = false
    }
  }
}

module "edge" {
  source = "./modules/edge"

  name          = "edu"
  origin_verify = { values = ["0123456789abcdef0123456789abcdef"] }
}

module "site" {
  source = "./modules/cdn"

  name            = "site"
  aliases         = ["learn.example.com"]
  certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/5ec4e700"
  files           = { bucket_arn = module.logged.bucket_arn, bucket_regional_domain_name = module.logged.bucket_regional_domain_name }
  assets          = {}
  api             = { host = module.guarded.host, stage = module.guarded.stage_name, verify = module.edge.verify }
  signing_keys    = { first = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----" }
  geo             = { restriction_type = "none" }
  web_acl_arn     = module.edge.cdn_web_acl_arn
  log_bucket      = { arn = module.logged.bucket_arn }
}

# An API of which a web ACL guards one stage.
module "guarded" {
  source = "./modules/api"

  name          = "guarded"
  user_pool_arn = module.auth.user_pool_arn
  handlers      = { profile-api = module.profile.handler }
  origin_verify = { web_acl_arn = module.edge.api_web_acl_arn }
}

# The account's records, with a topic for what does not comply.
module "audit" {
  source = "./modules/audit"

  name   = "edu"
  bucket = "edu-audit"
  config = { noncompliance_topic = module.events.topics.warning }
}

module "atlas" {
  source = "./modules/atlas"

  name                    = "edu"
  project                 = { id = "0123456789abcdef01234567" }
  cluster                 = { name = "main" }
  iam_propagation_seconds = 0
}

module "texting" {
  source = "./modules/auth"

  name = "texting"
  sms  = {}
}

module "events" {
  source = "./modules/monitoring"

  name                = "events"
  publishing_services = ["cloudwatch", "events"]
  dashboard           = false
  lambda              = { upload = module.upload.alarm_target }
}

# An API that one other account may call.
module "closed" {
  source = "./modules/api"

  name          = "closed"
  user_pool_arn = module.auth.user_pool_arn
  handlers      = { profile-api = module.profile.handler }

  resource_policy = {
    json = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = "*"
        Action    = "execute-api:Invoke"
        Resource  = "execute-api:/*"
        Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } }
      }]
    })
  }
}

# A pipeline, drift detection and a function that CodeDeploy moves.
module "delivery" {
  source = "./modules/delivery"

  name                 = "edu"
  artifacts_bucket     = "edu-artifacts"
  state_bucket         = { arn = "arn:aws:s3:::edu-state", prefix = "platform/" }
  permissions_boundary = "arn:aws:iam::111122223333:policy/edu-boundary"
  apply_policy_arns    = { platform = "arn:aws:iam::111122223333:policy/edu-apply" }
  pipeline             = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/a1b2", repository = "school/platform" }
  drift                = { topic = module.monitoring.topics.warning }
  functions            = { upload = { function_name = "edu-upload-api", alarm_names = ["edu/lambda/upload/errors/critical"] } }
}
