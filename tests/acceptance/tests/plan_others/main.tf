terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

module "web" {
  source = "./web"
}

module "serverless" {
  source = "./serverless"
}

module "site" {
  source = "./site"
}
