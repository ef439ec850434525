# An API of which nothing is known before the apply that can be made beside it.

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

module "api" {
  source = "../.."

  name                 = "edu"
  user_pool_arn        = terraform_data.later.output
  cors_origins         = ["https://${terraform_data.later.output}"]
  kms_key_arn          = terraform_data.later.output
  resource_policy      = { json = terraform_data.later.output }
  origin_verify        = { web_acl_arn = terraform_data.later.output }
  domain               = { name = terraform_data.later.output, certificate_arn = terraform_data.later.output }
  permissions_boundary = terraform_data.later.output
  tags                 = { made = terraform_data.later.output }

  handlers = {
    upload-api = { function_name = terraform_data.later.output, alias_name = terraform_data.later.output, invoke_arn = terraform_data.later.output }
  }
}
