# What an administrator applies once.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# With an account, it takes host names of S3 for it that are nowhere.
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

resource "aws_iam_policy" "this" {
  for_each = toset(["boundary", "apply"])

  name   = "edu-${each.key}"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "lambda:*", Resource = "*" }] })
}

module "delivery" {
  source = "./modules/delivery"

  name                 = "edu"
  artifacts_bucket     = "edu-artifacts"
  state_bucket         = { arn = "arn:aws:s3:::edu-state" }
  permissions_boundary = aws_iam_policy.this["boundary"].arn
  apply_policy_arns    = { apply = aws_iam_policy.this["apply"].arn }
  github               = { repository = "school/platform", provider_arn = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com" }

  functions = {
    api = {
      function_name = "edu-api"
      alarm_names   = ["edu/lambda/api/errors/critical"]
      shift         = { percent = 20, minutes = 5 }
    }
  }
}

output "rollouts" {
  value = module.delivery.rollouts
}
