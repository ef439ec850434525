# Buckets and keys of which nothing is known before the apply that can be made beside them.

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

module "recovery" {
  source = "../.."

  name = "edu"
  replications = {
    files = {
      source      = { bucket = terraform_data.later.output, bucket_arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
      destination = { bucket = terraform_data.later.output, bucket_arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output, region = "eu-central-1" }
      two_way     = true
    }
    dumps = {
      source      = { bucket = terraform_data.later.output, bucket_arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output }
      destination = { bucket = terraform_data.later.output, bucket_arn = terraform_data.later.output, kms_key_arn = terraform_data.later.output, region = "us-east-1" }
    }
  }
}

output "regions" {
  value = keys(module.recovery.replica_extra_alarms)
}
