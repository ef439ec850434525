variable "atlas_project_id" {
  description = "ID of the Atlas project of the clusters (24 hexadecimal digits)."
  type        = string
}

variable "region" {
  description = "AWS Region of the VPC and the clusters."
  type        = string
  default     = "eu-central-1"
}

variable "cluster_names" {
  description = "Names of the dedicated clusters (M10 or larger) whose connection strings to wait for."
  type        = set(string)
  default     = ["main"]
}

variable "vpc_id" {
  description = "ID of the VPC of the clients."
  type        = string
}

variable "subnet_ids" {
  description = "Map of a short name of each Availability Zone to the ID of a private subnet in it."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must have subnets in at least two Availability Zones, for example { a = \"subnet-...\", b = \"subnet-...\" }, so that clients survive the loss of one zone."
  }
}

variable "client_security_group_id" {
  description = "ID of the security group of the clients, for example of the Lambda functions."
  type        = string
}
