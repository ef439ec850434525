variable "office_cidr" {
  type        = string
  description = "Range the office reaches the VPC from."
  default     = "10.20.0.0/16"

  validation {
    condition     = provider::lectern::is_private_cidr(var.office_cidr)
    error_message = "office_cidr must be a private range such as 10.20.0.0/16: a public one would open the VPC to others."
  }
}

output "office_is_private" {
  value = provider::lectern::is_private_cidr(var.office_cidr)
}
