terraform {
  required_providers {
    lectern = {
      source  = "lectern/lectern"
      version = "~> 0.1"
    }
  }
}

# Credentials come from the default chain of the AWS SDK: environment, profile, SSO, container or instance role.
provider "lectern" {
  region = "eu-central-1"

  default_tags = {
    project = "edu"
  }
}
