# Topics and alarms of which nothing is known before the apply that can be made beside them.

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

resource "terraform_data" "later" {
  input = "later"
}

module "monitoring" {
  source = "../.."

  name    = "edu"
  kms_key = { arn = terraform_data.later.output }
  lambda  = { upload = { function_name = terraform_data.later.output } }
  s3      = { files = { bucket = terraform_data.later.output, filter_id = "EntireBucket" } }
  cognito = { web = { user_pool_id = terraform_data.later.output, client_id = terraform_data.later.output } }
  tags    = { made = terraform_data.later.output }

  extra_alarms = {
    failed = {
      severity            = "critical"
      namespace           = "AWS/S3"
      metric_name         = "OperationsFailedReplication"
      dimensions          = { SourceBucket = terraform_data.later.output, DestinationBucket = terraform_data.later.output, RuleId = "files" }
      statistic           = "Sum"
      comparison_operator = "GreaterThanThreshold"
      threshold           = 0
    }
  }
}

module "monitoring_cdn" {
  source = "../.."

  name       = "edu-cdn"
  region     = "us-east-1"
  cloudfront = { site = { distribution_id = terraform_data.later.output } }
}

module "monitoring_elsewhere" {
  source = "../.."

  name = "edu-elsewhere"
  topics = {
    warning  = { arn = terraform_data.later.output }
    critical = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  }
}
