# Web ACLs of which nothing is known before the apply that can be made beside them.

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

module "edge" {
  source = "../.."

  name                  = "edu"
  kms_key_arn           = terraform_data.later.output
  us_east_1_kms_key_arn = terraform_data.later.output
  origin_verify         = { values = [terraform_data.later.output, terraform_data.later.id] }
  shield_advanced       = { acknowledged_yearly_commitment = true, protected = { cdn = terraform_data.later.output } }
  tags                  = { made = terraform_data.later.output }

  cdn = {
    managed_rules = { common = { version = terraform_data.later.output, count_rules = [terraform_data.later.output] } }
  }
}
