# Credentials and endpoints come from environment variables. All modules set the Region of their resources themselves.
provider "aws" {
  region                      = var.regions.primary
  skip_credentials_validation = var.local_cloud
  skip_requesting_account_id  = var.local_cloud

  default_tags {
    tags = { application = var.name }
  }
}

provider "lectern" {
  region = var.regions.primary
}
