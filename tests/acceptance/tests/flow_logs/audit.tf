# The records of an account, a second copy that uses its recorder, and the alarms on them.

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

variable "rules" {
  type    = any
  default = {}
}

resource "aws_sns_topic" "alarms" {
  name = "audit-alarms"
}

module "audit" {
  source = "./modules/audit"

  name          = "edu"
  bucket        = "edu-audit"
  cloudtrail    = { data_event_bucket_arns = ["arn:aws:s3:::edu-files"] }
  config        = { noncompliance_topic = { arn = aws_sns_topic.alarms.arn } }
  config_rules  = var.rules
  force_destroy = true
  tags          = { team = "platform" }
}

# An account has one recorder in a Region: this copy has rules of its own only.
module "school" {
  source     = "./modules/audit"
  depends_on = [module.audit]

  name       = "school"
  cloudtrail = { create = false, log_group_name = "/aws/cloudtrail/edu" }
  config     = { create_recorder = false }
  alarms     = { root_usage = { severity = "warning" } }
}

resource "lectern_alarm_bundle" "audit" {
  name         = "edu-audit"
  preset       = "none"
  severities   = { warning = { alarm_actions = [aws_sns_topic.alarms.arn] }, critical = { alarm_actions = [aws_sns_topic.alarms.arn] } }
  extra_alarms = module.audit.extra_alarms
}
