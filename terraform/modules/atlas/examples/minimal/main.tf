# A cluster of the smallest size in an existing project. Credentials of both Atlas providers: MONGODB_ATLAS_CLIENT_ID and
# MONGODB_ATLAS_CLIENT_SECRET.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = "~> 0.1"
    }
    mongodbatlas = {
      source  = "mongodb/mongodbatlas"
      version = "~> 2.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

provider "mongodbatlas" {}

variable "project_id" {
  description = "ID of the Atlas project."
  type        = string
}

module "atlas" {
  source = "../.."

  name    = "edu"
  project = { id = var.project_id }
  cluster = { name = "main" }
}

output "atlas" {
  description = "The value atlas of the module network."
  value       = module.atlas.atlas
}
