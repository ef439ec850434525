# The platform three times in one account: twice by one name in two regions, and once more by another name in the first.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
    mongodbatlas = {
      source = "mongodb/mongodbatlas"
    }
  }
}

module "first" {
  source = "./all"

  name   = "edu"
  region = "eu-west-1"
}

module "second_region" {
  source = "./all"

  name   = "edu"
  region = "eu-central-1"
}

module "second_copy" {
  source = "./all"

  name   = "school"
  region = "eu-west-1"
}
