variable "atlas_project_id" {
  description = "Atlas project of the clusters: 24 hexadecimal digits."
  type        = string
}

variable "region" {
  description = "AWS region of the VPC and of the clusters."
  type        = string
  default     = "eu-central-1"
}

variable "cluster_names" {
  description = "Dedicated clusters (M10 or larger) whose connection strings to wait for."
  type        = set(string)
  default     = ["main"]
}

variable "vpc_id" {
  description = "VPC of the clients."
  type        = string
}

variable "subnet_ids" {
  description = "One private subnet per availability zone, by a short name of the zone."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Name subnets in two availability zones or more, for example { a = \"subnet-...\", b = \"subnet-...\" }: one zone alone does not survive its loss."
  }
}

variable "client_security_group_id" {
  description = "Security group of the clients, for example of the Lambda functions."
  type        = string
}
