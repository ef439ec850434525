# Records of which nothing is known before the apply that can be made beside them.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "terraform_data" "later" {
  input = "later"
}

module "audit" {
  source = "../.."

  name                 = "edu"
  bucket               = terraform_data.later.output
  kms_key              = { arn = terraform_data.later.output }
  permissions_boundary = terraform_data.later.output
  cloudtrail           = { data_event_bucket_arns = [terraform_data.later.output] }
  config               = { noncompliance_topic = { arn = terraform_data.later.output } }
  config_rules         = { later = { identifier = "LAMBDA_DLQ_CHECK", parameters = { dlqArns = terraform_data.later.output } } }
  tags                 = { made = terraform_data.later.output }
}
