# Public keys of those that sign URLs and cookies. The private keys stay with the signers.

# CloudFront changes no key: another one is another resource, and the group lets go of the old one before it is deleted.
resource "aws_cloudfront_public_key" "this" {
  for_each = var.signing_keys

  name        = "${var.name}-${each.key}-${substr(sha256(trimspace(each.value)), 0, 8)}"
  comment     = "Signs URLs and cookies of ${var.name}"
  encoded_key = "${trimspace(each.value)}\n"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudfront_key_group" "this" {
  name    = var.name
  comment = "Signers of ${var.name}"
  items   = [for key in aws_cloudfront_public_key.this : key.id]
}
