terraform {
  required_version = ">= 1.9"

  required_providers {
    lectern = {
      source  = "lectern/lectern"
      version = "~> 0.1"
    }
  }
}
