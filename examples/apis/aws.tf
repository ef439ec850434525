# Credentials, Region and endpoints come from environment variables.
provider "aws" {
  skip_credentials_validation = var.local_cloud
  skip_requesting_account_id  = var.local_cloud

  default_tags {
    tags = { application = var.name }
  }
}
