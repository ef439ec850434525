# A failover of which nothing is known before the apply that can be made beside it.

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

module "of_a_distribution" {
  source = "../.."

  name                 = "edu"
  alarms               = { primary = terraform_data.later.output, secondary = "edu/region-2" }
  distribution         = { id = terraform_data.later.output, primary_origin_id = terraform_data.later.output, secondary_origin_id = "api-2", web_acl_arn = terraform_data.later.output, log_bucket_arn = terraform_data.later.output }
  package              = { bucket = terraform_data.later.output, key = "origin-failover.zip", version_id = terraform_data.later.output, sha256 = terraform_data.later.output }
  notice_topic         = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  event_bus            = { arn = terraform_data.later.output }
  failure_topic        = { arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
  dead_letter_queue    = { arn = terraform_data.later.output }
  environment          = { LECTERN_LOG = terraform_data.later.output }
  kms_key_arn          = terraform_data.later.output
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }
}

module "of_a_record" {
  source = "../.."

  name    = "edu-record"
  alarms  = { primary = terraform_data.later.output, secondary = terraform_data.later.id }
  package = { path = "README.md" }

  record = {
    zone_id   = terraform_data.later.output
    name      = terraform_data.later.output
    type      = "A"
    primary   = { name = terraform_data.later.output, zone_id = terraform_data.later.output }
    secondary = { name = terraform_data.later.id, zone_id = terraform_data.later.output }
  }
}
