//! Real Terraform and OpenTofu against the local cloud.
