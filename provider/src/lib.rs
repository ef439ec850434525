//! Terraform provider for CloudWatch alarm bundles, MongoDB dumps and Atlas private links.
