# A delivery of which nothing is known before the apply that can be made beside it.

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

module "delivery" {
  source = "../.."

  name                 = "edu"
  artifacts_bucket     = terraform_data.later.output
  state_bucket         = { arn = terraform_data.later.output, prefix = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  permissions_boundary = terraform_data.later.output
  apply_policy_arns    = { platform = terraform_data.later.output }
  github               = { repository = terraform_data.later.output, provider_arn = terraform_data.later.output }
  gitlab               = { project = terraform_data.later.output, provider_arn = terraform_data.later.output }
  tags                 = { made = terraform_data.later.output }

  pipeline = {
    connection_arn = terraform_data.later.output
    repository     = "school/platform"
    environment    = { MADE = terraform_data.later.output }
    approval_topic = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  }

  drift = { topic = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output } }

  functions = {
    upload = {
      function_name = terraform_data.later.output
      alarm_names   = [terraform_data.later.output]
      hooks         = { before = terraform_data.later.output }
    }
  }
}
