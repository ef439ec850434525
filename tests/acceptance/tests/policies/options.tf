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

module "logged" {
  source = "./modules/storage"

  bucket      = "logged-files"
  access_logs = { bucket = "logged-files-logs" }
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
