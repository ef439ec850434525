provider "aws" {
  default_tags {
    tags = { application = var.name }
  }
}
