# What is cached by which key, and the headers that browsers get.

locals {
  # download-api signs them with the URL: which version, and the name and type that the file is offered under.
  file_query_strings = ["response-content-disposition", "response-content-type", "versionId"]

  # Who serves, and what S3 says of the encryption, the account's number in the key's ARN included.
  s3_headers = ["Server", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-bucket-key-enabled", "x-amz-version-id"]

  # An uploaded page runs no script in the platform's name, wherever it is opened.
  headers = merge({
    api = {
      content_security_policy = "default-src 'none'; frame-ancestors 'none'"
      referrer_policy         = "no-referrer"
      cache_control           = { value = "no-store", override = false }
      removed                 = ["Server"]
    }
    files = {
      content_security_policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
      referrer_policy         = "no-referrer"
      cache_control           = { value = "private, no-store", override = true }
      removed                 = local.s3_headers
    }
    }, {
    for assets in var.assets[*] : "assets" => {
      content_security_policy = assets.content_security_policy
      referrer_policy         = "strict-origin-when-cross-origin"
      cache_control           = { value = assets.cache_control, override = false }
      removed                 = local.s3_headers
    }
  })
}

# CloudFront takes Expires, Signature, Key-Pair-Id, Policy and Hash-Algorithm out of the URL before it looks into its cache.
resource "aws_cloudfront_cache_policy" "files" {
  name        = "${var.name}-files"
  comment     = "Files of ${var.name}, by version and by the name and type that they are offered under"
  min_ttl     = 0
  default_ttl = 86400
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "whitelist"

      query_strings {
        items = local.file_query_strings
      }
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  # checkov:skip=CKV_AWS_259:HSTS is set for a year with subdomains; preload is for the owner of the whole domain to ask for.

  for_each = local.headers

  name    = "${var.name}-${each.key}"
  comment = "Security headers of the ${each.key} of ${var.name}"

  security_headers_config {
    content_security_policy {
      content_security_policy = each.value.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = each.value.referrer_policy
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      preload                    = false
      override                   = true
    }
  }

  # For browsers only: what CloudFront keeps, the cache policy says.
  custom_headers_config {
    items {
      header   = "Cache-Control"
      value    = each.value.cache_control.value
      override = each.value.cache_control.override
    }
  }

  remove_headers_config {
    dynamic "items" {
      for_each = each.value.removed

      content {
        header = items.value
      }
    }
  }
}
