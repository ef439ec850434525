# A user pool of which nothing is known before the apply that can be made beside it.

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

module "auth" {
  source = "../.."

  name                      = "edu"
  sms                       = { region = terraform_data.later.output }
  email                     = { ses_identity_arn = terraform_data.later.output, from = terraform_data.later.output }
  callback_urls             = ["https://${terraform_data.later.output}/signed-in"]
  logout_urls               = ["https://${terraform_data.later.output}/"]
  domain                    = { name = terraform_data.later.output, certificate_arn = terraform_data.later.output }
  identity_providers        = { school = { type = "OIDC", details = { client_id = terraform_data.later.output } } }
  identity_provider_secrets = { school = terraform_data.later.output }
  permissions_boundary      = terraform_data.later.output
  tags                      = { made = terraform_data.later.output }
}
