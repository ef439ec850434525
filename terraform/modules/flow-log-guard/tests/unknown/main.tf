# A guard of which nothing is known before the apply that can be made beside it.

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

module "flow_log_guard" {
  source = "../.."

  name                 = "edu"
  flow_log             = { flow_log_group = terraform_data.later.output, log_format = terraform_data.later.output }
  package              = { bucket = terraform_data.later.output, key = "flow-log-guard.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  own_cidrs            = [terraform_data.later.output]
  findings_topic       = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  event_bus            = { arn = terraform_data.later.output }
  failure_topic        = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  environment          = { LECTERN_LOG = terraform_data.later.output }
  kms_key_arn          = terraform_data.later.output
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }
}
