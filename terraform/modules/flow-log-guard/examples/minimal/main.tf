# Flow logs of the default format, whose public addresses are counted for an alarm.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "package_path" {
  description = "Path of the package; `cargo dist` builds the packages in target/dist."
  type        = string
  default     = "target/dist/flow-log-guard.zip"
}

module "flow_log_guard" {
  source = "../.."

  name     = "edu"
  flow_log = { flow_log_group = "/aws/vpc/edu/flow-logs" }
  package  = { path = var.package_path }
}

output "flow_logs_target" {
  description = "Target for flow_logs of the module monitoring."
  value       = module.flow_log_guard.flow_logs_target
}
