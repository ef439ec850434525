# A distribution of which nothing is known before the apply that can be made beside it, and which the policies of its buckets name.

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

module "storage" {
  source = "../../../storage"

  bucket                  = "edu-files"
  bucket_policy_documents = [module.cdn.bucket_policy_json]
  key_policy_documents    = [module.cdn.key_policy_json]
}

module "cdn" {
  source = "../.."

  name            = "edu"
  aliases         = [terraform_data.later.output]
  certificate_arn = terraform_data.later.output
  web_acl_arn     = terraform_data.later.output
  log_bucket      = { arn = terraform_data.later.output }
  signing_keys    = { first = terraform_data.later.output, second = terraform_data.later.id }
  geo             = { restriction_type = "whitelist", locations = [terraform_data.later.output] }
  assets          = { prefix = terraform_data.later.output, content_security_policy = terraform_data.later.output }
  tags            = { made = terraform_data.later.output }

  files = {
    bucket_arn                  = module.storage.bucket_arn
    bucket_regional_domain_name = module.storage.bucket_regional_domain_name
    secondary                   = { bucket_arn = terraform_data.later.output, bucket_regional_domain_name = terraform_data.later.output }
  }

  api = {
    host      = terraform_data.later.output
    stage     = terraform_data.later.output
    verify    = { header = "x-origin-verify", value = sensitive(terraform_data.later.output) }
    secondary = { host = terraform_data.later.output }
  }
}
