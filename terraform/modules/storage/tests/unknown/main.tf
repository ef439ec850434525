# A bucket of which nothing is known before the apply that can be made beside it.

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
  source = "../.."

  bucket                  = terraform_data.later.output
  kms_key                 = { arn = terraform_data.later.output }
  allowed_origins         = [terraform_data.later.output]
  bucket_policy_documents = [terraform_data.later.output]
  key_policy_documents    = [terraform_data.later.output]
  pending_uploads         = { prefix = terraform_data.later.output }
  access_logs             = { bucket = terraform_data.later.output }
  tags                    = { made = terraform_data.later.output }
}
