# Three zones, a private link to Atlas behind a load balancer, a DNS firewall, and encrypted flow logs.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    lectern = {
      source  = "lectern/lectern"
      version = ">= 0.1"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "lectern" {
  region = "eu-west-1"
}

variable "atlas_project_id" {
  description = "Id of the MongoDB Atlas project."
  type        = string
}

variable "log_key_arn" {
  description = "ARN of a customer managed key whose policy allows CloudWatch Logs to use it."
  type        = string
}

module "network" {
  source = "../.."

  name               = "edu"
  cidr               = "10.43.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

  interface_endpoints = ["kms", "lambda", "logs", "secretsmanager", "sts"]
  # `aws ec2 describe-vpc-endpoint-services` lists the zones of a service.
  interface_endpoint_zones = { logs = ["eu-west-1a", "eu-west-1b"] }
  # Only names of the endpoints and this one are answered.
  dns_firewall = { allowed_domains = ["login.example.com"] }

  atlas    = { project_id = var.atlas_project_id, cluster_names = ["main"] }
  topology = "nlb"
  # After the first apply, add hostname: the host name of the output connection_strings.
  nlb = { ports = [1024, 1025, 1026] }

  flow_logs = { retention_days = 365, kms_key_arn = var.log_key_arn }
  tags      = { team = "platform" }
}

output "vpc" {
  description = "Value for the variable vpc of the modules function and backup."
  value       = module.network.vpc
}

output "connection_strings" {
  description = "Private connection strings by endpoint and cluster."
  value       = module.network.connection_strings
}
