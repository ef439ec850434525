# Two Regions, each with a project and a cluster of its own: in one project, the private endpoints of two Regions exclude each other.

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

variable "org_id" {
  description = "ID of the Atlas organization."
  type        = string
}

variable "role_arns" {
  description = "ARNs of the functions' roles, by name of the function: the outputs role_arn of the modules function and mongo-probe. They can be known only after the apply."
  type        = map(string)
}

variable "second_region_key_arn" {
  description = "ARN of a customer managed key in eu-central-1."
  type        = string
}

module "atlas" {
  source = "../.."

  name    = "edu"
  region  = "eu-west-1"
  project = { org_id = var.org_id, name = "edu-eu-west-1" }

  cluster = {
    name              = "main"
    instance_size     = "M30"
    mongodb_version   = "8.0"
    disk_size_gb      = 80
    disk_auto_scaling = false
  }

  backup = {
    restore_window_days = 14
    interval_hours      = 4
    hourly_days         = 14
    daily_days          = 28
    weekly_weeks        = 12
  }

  database_users = {
    upload-api   = { role_arn = var.role_arns["upload-api"], roles = [{ role = "readWrite", database = "lectern" }] }
    download-api = { role_arn = var.role_arns["download-api"], roles = [{ role = "read", database = "lectern", collection = "files" }] }
    mongo-probe  = { role_arn = var.role_arns["mongo-probe"], roles = [{ role = "clusterMonitor", database = "admin" }] }
  }

  access_list  = { "10.30.4.7" = { comment = "bastion, through the peering" } }
  alert_emails = ["ops@example.com"]
  auditing     = {}
  tags         = { team = "platform" }
}

# The second Region's cluster holds what was restored, and is small until it is needed. Its key was made elsewhere.
module "atlas_secondary" {
  source = "../.."

  name    = "edu"
  region  = "eu-central-1"
  project = { org_id = var.org_id, name = "edu-eu-central-1" }
  cluster = { name = "main" }
  backup  = { continuous = false }
  kms_key = { arn = var.second_region_key_arn }

  termination_protection = false
  retain_backups         = false
  tags                   = { team = "platform" }
}

# The modules network of both Regions take these.
output "atlas" {
  description = "The values atlas of the modules network."
  value       = { primary = module.atlas.atlas, secondary = module.atlas_secondary.atlas }
}
