# One distribution in front of the files, the API and the public assets (A4, D8).

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  buckets = {
    for region, bucket in { primary = var.files, secondary = var.files.secondary } :
    region => { arn = bucket.bucket_arn, domain = bucket.bucket_regional_domain_name } if bucket != null
  }

  # The folder of the assets is the root of their origins, so that no path leads out of it.
  folders = merge({ files = "" }, { for assets in var.assets[*] : "assets" => "/${assets.prefix}" })
  s3_origins = merge([
    for folder, path in local.folders : { for region, bucket in local.buckets : "${folder}-${region}" => { domain = bucket.domain, path = path } }
  ]...)
  api_origins = {
    for region, api in { primary = { host = var.api.host }, secondary = var.api.secondary } : "api-${region}" => api.host if api != null
  }

  # A behaviour names the group of its origins where there are two.
  groups  = var.files.secondary == null ? toset([]) : toset(keys(local.folders))
  targets = { for folder in keys(local.folders) : folder => contains(local.groups, folder) ? folder : "${folder}-primary" }

  # Policies of AWS, with the same ids in all accounts ("Use managed cache policies" and "Use managed origin request policies",
  # CloudFront Developer Guide).
  caching_disabled       = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized      = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer_except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  # CloudFront caches errors for 10 seconds unless configured otherwise, even where a cache policy disables caching: a user would get the
  # error of another one. These are all codes that it caches and that can be configured ("Control how long CloudFront caches errors").
  error_codes = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]
}

# Signs each request to S3. An origin access identity cannot read what a customer managed key encrypts.
resource "aws_cloudfront_origin_access_control" "files" {
  name                              = "${var.name}-files"
  description                       = "Reads of ${var.name} from S3"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86:Standard logging (legacy) needs ACLs on its bucket; log_bucket sets up standard logging (v2), which the check does not know.
  # checkov:skip=CKV_AWS_174:minimum_protocol_version is TLSv1.2_2021 unless set, and validated to be no older; the check does not know the policies of 2025.
  # checkov:skip=CKV2_AWS_47:The rules are of the web ACL that web_acl_arn names, as the module edge makes it.

  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  aliases             = var.aliases
  web_acl_id          = var.web_acl_arn
  default_root_object = one(var.assets[*].root)
  wait_for_deployment = var.wait_for_deployment
  tags                = var.tags

  dynamic "origin" {
    for_each = local.s3_origins

    content {
      origin_id                = origin.key
      domain_name              = origin.value.domain
      origin_path              = origin.value.path
      origin_access_control_id = aws_cloudfront_origin_access_control.files.id
      # A region that does not answer is left after 10 seconds, and not after the default's 30.
      connection_attempts = 2
      connection_timeout  = 5
    }
  }

  dynamic "origin" {
    for_each = local.api_origins

    content {
      origin_id   = origin.key
      domain_name = origin.value

      # The API's web ACL allows requests that have this header. CloudFront replaces a header of this name that the client sends.
      custom_header {
        name  = var.api.verify.header
        value = var.api.verify.value
      }

      custom_origin_config {
        http_port                = 80
        https_port               = 443
        origin_protocol_policy   = "https-only"
        origin_ssl_protocols     = ["TLSv1.2"]
        origin_read_timeout      = var.origin_read_timeout_seconds
        origin_keepalive_timeout = 60
      }
    }
  }

  # 403 is not among the codes: S3 answers it for a key that does not exist, to those that may not list the bucket.
  dynamic "origin_group" {
    for_each = local.groups

    content {
      origin_id = origin_group.key

      failover_criteria {
        status_codes = [500, 502, 503, 504]
      }

      member {
        origin_id = "${origin_group.key}-primary"
      }

      member {
        origin_id = "${origin_group.key}-secondary"
      }
    }
  }

  # The API, below its stage. The first, which the lifecycle below names.
  ordered_cache_behavior {
    path_pattern               = "/${var.api.stage}/*"
    target_origin_id           = "api-primary"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = local.all_viewer_except_host
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["api"].id
  }

  ordered_cache_behavior {
    path_pattern               = "/${var.files.prefix}/*"
    target_origin_id           = local.targets["files"]
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = aws_cloudfront_cache_policy.files.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["files"].id
    trusted_key_groups         = [aws_cloudfront_key_group.this.id]
  }

  # The public assets; without them, what is not signed is refused here too.
  default_cache_behavior {
    target_origin_id           = var.assets == null ? local.targets["files"] : local.targets["assets"]
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = var.assets != null
    cache_policy_id            = var.assets == null ? aws_cloudfront_cache_policy.files.id : local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this[var.assets == null ? "files" : "assets"].id
    trusted_key_groups         = var.assets == null ? [aws_cloudfront_key_group.this.id] : []
  }

  dynamic "custom_error_response" {
    for_each = toset(local.error_codes)

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = var.geo.restriction_type
      locations        = var.geo.locations
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = var.minimum_protocol_version
  }

  lifecycle {
    # The module origin-failover switches the API's origin, and an apply must not switch it back.
    ignore_changes = [ordered_cache_behavior[0].target_origin_id]
  }
}

resource "aws_cloudfront_monitoring_subscription" "this" {
  for_each = var.additional_metrics ? { main = aws_cloudfront_distribution.this.id } : {}

  distribution_id = each.value

  monitoring_subscription {
    realtime_metrics_subscription_config {
      realtime_metrics_subscription_status = "Enabled"
    }
  }
}
