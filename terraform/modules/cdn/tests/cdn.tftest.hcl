mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = {
      id             = "E2QWRUHAPOMQZL"
      arn            = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
      domain_name    = "d111111abcdef8.cloudfront.net"
      hosted_zone_id = "Z2FDTNDATAQYW2"
    }
  }

  mock_resource "aws_cloudfront_origin_access_control" {
    defaults = { id = "E1OACOFTHEFILES" }
  }

  mock_resource "aws_cloudfront_cache_policy" {
    defaults = { id = "cache-of-files" }
  }

  mock_resource "aws_cloudfront_key_group" {
    defaults = { id = "signers" }
  }

  mock_resource "aws_cloudfront_public_key" {
    defaults = { id = "K2JCJMDEHXQW5F" }
  }

  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:edu-cdn-access" }
  }
}

variables {
  name            = "edu"
  aliases         = ["learn.example.com"]
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
  files           = { bucket_arn = "arn:aws:s3:::edu-files", bucket_regional_domain_name = "edu-files.s3.eu-west-1.amazonaws.com" }
  assets          = {}
  geo             = { restriction_type = "none" }

  api = {
    host   = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    stage  = "v1"
    verify = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" }
  }

  signing_keys = {
    "2026-11" = <<-EOT
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnVe6F1bwGun05tC8we6W
      5xweM6qo8dwl251tdysLncJswIiDQOqGwSGtPrUm6rw9wDAm9sJjEMU4ANXNHqoX
      WVSYHVq/VMZNXYMZA15AQMruR+WLNz19wPBjGzyM1s/7KylyZEtUnDdyBgcyc/Sv
      +APBUOzsWdBQNiyZwdodrsOEWma3a5To68jr9nOw/ivcwE//K9z+5t6cO7R0ETSP
      IEeuHuZgCzZparHXEcTAQLbGEuDofiPfFQ2jSwb+AHq0WlDBtqWGooRAibSW9BN/
      aTiDnyXrjxT6r2dcUtjxuNENBFwWTpVAML0XUU0QLyObOOnCq5jjD2YiK5dGbbGG
      wwIDAQAB
      -----END PUBLIC KEY-----
    EOT
  }
}

run "files_for_those_with_a_signature_an_api_and_public_assets_over_https" {
  command = apply

  assert {
    condition = alltrue([
      for behavior in concat(aws_cloudfront_distribution.this.ordered_cache_behavior, aws_cloudfront_distribution.this.default_cache_behavior) :
      contains(["https-only", "redirect-to-https"], behavior.viewer_protocol_policy)
    ])
    error_message = "No viewer is served over HTTP (D8)."
  }

  assert {
    condition     = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.viewer_protocol_policy] == ["https-only", "https-only"]
    error_message = "A token or a signature that came over HTTP is refused, not redirected with the secret already sent (D8)."
  }

  assert {
    condition = alltrue([
      for certificate in aws_cloudfront_distribution.this.viewer_certificate :
      certificate.minimum_protocol_version == "TLSv1.2_2021" && certificate.ssl_support_method == "sni-only" && certificate.acm_certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
    ]) && aws_cloudfront_distribution.this.aliases == toset(["learn.example.com"])
    error_message = "The certificate is the aliases' own, and TLS begins with 1.2 (D4, D8)."
  }

  assert {
    condition = alltrue(flatten([
      for origin in aws_cloudfront_distribution.this.origin : [
        for settings in origin.custom_origin_config : settings.origin_protocol_policy == "https-only" && settings.origin_ssl_protocols == toset(["TLSv1.2"])
      ]
    ]))
    error_message = "The API is called by HTTPS with TLS 1.2 (D4)."
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.files.signing_behavior == "always" && aws_cloudfront_origin_access_control.files.origin_access_control_origin_type == "s3"
    error_message = "Every request to S3 is signed (D8)."
  }

  assert {
    condition = {
      for origin in aws_cloudfront_distribution.this.origin : origin.origin_id => [origin.domain_name, origin.origin_path, origin.origin_access_control_id]
      if startswith(origin.origin_id, "files") || startswith(origin.origin_id, "assets")
      } == {
      assets-primary = ["edu-files.s3.eu-west-1.amazonaws.com", "/site", "E1OACOFTHEFILES"]
      files-primary  = ["edu-files.s3.eu-west-1.amazonaws.com", "", "E1OACOFTHEFILES"]
    }
    error_message = "Files and assets are of one bucket, and no path leads from the assets to the files (D8)."
  }

  assert {
    condition     = { for statement in data.aws_iam_policy_document.bucket["primary"].statement : statement.sid => [sort(statement.actions), one(statement.resources)] } == { CdnReadsFiles = [tolist(["s3:GetObject", "s3:GetObjectVersion"]), "arn:aws:s3:::edu-files/files/*"], CdnReadsAssets = [tolist(["s3:GetObject"]), "arn:aws:s3:::edu-files/site/*"] }
    error_message = "The distribution reads below its folders, and lists and writes nothing (D6, D8)."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.bucket["primary"].statement, data.aws_iam_policy_document.key.statement) :
      statement.principals == toset([{ type = "Service", identifiers = toset(["cloudfront.amazonaws.com"]) }]) &&
      [for condition in statement.condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"] == ["StringEquals aws:SourceArn arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"]
    ])
    error_message = "CloudFront reads and decrypts for this distribution only (D8)."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.key.statement : statement.actions]) == toset(["kms:Decrypt"])
    error_message = "It decrypts, and encrypts nothing (D6)."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[0].path_pattern == "/v1/*" && aws_cloudfront_distribution.this.ordered_cache_behavior[0].target_origin_id == "api-primary"
    error_message = "The API's behaviour is the first, whose origin origin-failover switches (F5)."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[0].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" && aws_cloudfront_distribution.this.ordered_cache_behavior[0].origin_request_policy_id == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    error_message = "CachingDisabled, since answers are each user's own; AllViewerExceptHostHeader, since API Gateway answers 403 to another Host (D8)."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.ordered_cache_behavior[0].allowed_methods) == 7 && aws_cloudfront_distribution.this.ordered_cache_behavior[0].trusted_key_groups == null
    error_message = "All methods reach the API, which asks for a token itself."
  }

  assert {
    condition = one([
      for origin in aws_cloudfront_distribution.this.origin : [origin.domain_name, [for header in origin.custom_header : "${header.name}: ${header.value}"]] if origin.origin_id == "api-primary"
    ]) == ["a1b2c3.execute-api.eu-west-1.amazonaws.com", ["x-origin-verify: 0123456789abcdef0123456789abcdef"]]
    error_message = "The API is told that a request came through this distribution (D9)."
  }

  assert {
    condition     = toset([for response in aws_cloudfront_distribution.this.custom_error_response : response.error_code if response.error_caching_min_ttl == 0 && response.response_page_path == null]) == toset([400, 403, 404, 405, 414, 500, 501, 502, 503, 504])
    error_message = "No user gets the error that another one got, and errors keep their body (D8)."
  }

  assert {
    condition     = length([for origin in aws_cloudfront_distribution.this.origin : origin if startswith(origin.origin_id, "api")]) == 1 && output.failover == null && length(aws_cloudfront_distribution.this.origin_group) == 0
    error_message = "Without a second region there is nothing to switch to."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[1].path_pattern == "/files/*" && tolist(aws_cloudfront_distribution.this.ordered_cache_behavior[1].trusted_key_groups) == tolist(["signers"])
    error_message = "Files are served to signed URLs and cookies only (D8)."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[1].allowed_methods == toset(["GET", "HEAD"]) && aws_cloudfront_distribution.this.ordered_cache_behavior[1].cache_policy_id == "cache-of-files"
    error_message = "They are read and not written, by a cache policy of their own."
  }

  assert {
    condition = alltrue([
      for parameters in aws_cloudfront_cache_policy.files.parameters_in_cache_key_and_forwarded_to_origin :
      parameters.cookies_config[0].cookie_behavior == "none" && parameters.headers_config[0].header_behavior == "none" && parameters.query_strings_config[0].query_string_behavior == "whitelist" &&
      parameters.query_strings_config[0].query_strings[0].items == toset(["response-content-disposition", "response-content-type", "versionId"])
    ])
    error_message = "The key has what download-api signs about the object, and nothing of the user or the signature (D8)."
  }

  assert {
    condition     = aws_cloudfront_key_group.this.items == toset(["K2JCJMDEHXQW5F"]) && output.key_ids == { "2026-11" = "K2JCJMDEHXQW5F" } && output.key_group_id == "signers"
    error_message = "Signers are told the id of their key."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "assets-primary" && length(aws_cloudfront_distribution.this.default_cache_behavior[0].trusted_key_groups) == 0 && aws_cloudfront_distribution.this.default_root_object == "index.html"
    error_message = "A page is public, and served at the root."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    error_message = "CachingOptimized: its key has no cookie, header or query string (D8)."
  }

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_cloudfront_response_headers_policy.this) : [
        for headers in policy.security_headers_config :
        headers.strict_transport_security[0].access_control_max_age_sec == 31536000 && headers.strict_transport_security[0].override && headers.content_type_options[0].override && headers.frame_options[0].frame_option == "DENY"
      ]
    ])) && keys(aws_cloudfront_response_headers_policy.this) == ["api", "assets", "files"]
    error_message = "All answers have the security headers (D8)."
  }

  assert {
    condition     = endswith(aws_cloudfront_response_headers_policy.this["files"].security_headers_config[0].content_security_policy[0].content_security_policy, "; sandbox")
    error_message = "A page that somebody uploaded runs no script in the platform's name."
  }

  assert {
    condition     = { for name, policy in aws_cloudfront_response_headers_policy.this : name => [for header in policy.custom_headers_config[0].items : "${header.header}: ${header.value}, ${header.override}"] } == { api = ["Cache-Control: no-store, false"], assets = ["Cache-Control: public, max-age=300, false"], files = ["Cache-Control: private, no-store, true"] }
    error_message = "A browser keeps no file for whoever uses it next (D8)."
  }

  assert {
    condition     = contains([for header in aws_cloudfront_response_headers_policy.this["files"].remove_headers_config[0].items : header.header], "x-amz-server-side-encryption-aws-kms-key-id")
    error_message = "Nobody is told the account's number by the key's ARN."
  }

  assert {
    condition = [
      aws_cloudfront_distribution.this.ordered_cache_behavior[0].response_headers_policy_id,
      aws_cloudfront_distribution.this.ordered_cache_behavior[1].response_headers_policy_id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id,
    ] == [for name in ["api", "files", "assets"] : aws_cloudfront_response_headers_policy.this[name].id]
    error_message = "Each behaviour has its own."
  }

  assert {
    condition     = output.domain_name == "d111111abcdef8.cloudfront.net" && output.hosted_zone_id == "Z2FDTNDATAQYW2" && output.id == "E2QWRUHAPOMQZL" && output.arn == "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
    error_message = "DNS and policies find the distribution."
  }

  assert {
    condition     = output.alarm_target == { distribution_id = "E2QWRUHAPOMQZL", additional_metrics = false, origin_read_timeout_seconds = 30 } && length(aws_cloudfront_monitoring_subscription.this) == 0
    error_message = "A bundle's alarms find it, and nothing is paid for that was not asked for (C4)."
  }

  assert {
    condition     = output.bucket_policy_json != null && output.key_policy_json != null && output.secondary_bucket_policy_json == null && output.log_bucket_policy_json == null && output.log_key_policy_json == null
    error_message = "There are policies for what there is."
  }
}

run "reads_fail_over_and_a_missing_key_does_not" {
  command = apply

  variables {
    files = {
      bucket_arn                  = "arn:aws:s3:::edu-files"
      bucket_regional_domain_name = "edu-files.s3.eu-west-1.amazonaws.com"
      secondary                   = { bucket_arn = "arn:aws:s3:::edu-files-2", bucket_regional_domain_name = "edu-files-2.s3.eu-central-1.amazonaws.com" }
    }
    api = {
      host      = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
      stage     = "v1"
      verify    = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" }
      secondary = { host = "d4e5f6.execute-api.eu-central-1.amazonaws.com" }
    }
    web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu-cdn/0123abcd"
  }

  assert {
    condition     = { for group in aws_cloudfront_distribution.this.origin_group : group.origin_id => [for member in group.member : member.origin_id] } == { assets = ["assets-primary", "assets-secondary"], files = ["files-primary", "files-secondary"] }
    error_message = "The first region's bucket is asked first (F5)."
  }

  assert {
    condition     = alltrue(flatten([for group in aws_cloudfront_distribution.this.origin_group : [for criteria in group.failover_criteria : criteria.status_codes == toset([500, 502, 503, 504])]]))
    error_message = "S3 answers 403 for a key that does not exist: that is an answer, and not a failure (F5)."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[1].target_origin_id == "files" && aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "assets"
    error_message = "Reads go to the groups (F5)."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.ordered_cache_behavior[0].target_origin_id == "api-primary"
    error_message = "CloudFront takes no writes to a group (F5)."
  }

  assert {
    condition     = { for origin in aws_cloudfront_distribution.this.origin : origin.origin_id => [for header in origin.custom_header : header.value] if startswith(origin.origin_id, "api") } == { api-primary = ["0123456789abcdef0123456789abcdef"], api-secondary = ["0123456789abcdef0123456789abcdef"] }
    error_message = "The second region's API is told as well (D9)."
  }

  assert {
    condition     = output.failover == { id = "E2QWRUHAPOMQZL", primary_origin_id = "api-primary", secondary_origin_id = "api-secondary", web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu-cdn/0123abcd" }
    error_message = "The module origin-failover knows what to switch (F5)."
  }

  assert {
    condition     = output.secondary_bucket_policy_json != null && one([for statement in data.aws_iam_policy_document.bucket["secondary"].statement : one(statement.resources) if statement.sid == "CdnReadsFiles"]) == "arn:aws:s3:::edu-files-2/files/*"
    error_message = "The replica lets the distribution read as well."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu-cdn/0123abcd"
    error_message = "The web ACL is in front of the distribution (D11)."
  }
}

run "nothing_public" {
  command = apply

  variables {
    assets = null
  }

  assert {
    condition     = tolist(aws_cloudfront_distribution.this.default_cache_behavior[0].trusted_key_groups) == tolist(["signers"]) && aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "files-primary" && aws_cloudfront_distribution.this.default_root_object == null
    error_message = "Without assets, every path but the API's needs a signature (D8)."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.bucket["primary"].statement : statement.sid] == ["CdnReadsFiles"] && keys(aws_cloudfront_response_headers_policy.this) == ["api", "files"]
    error_message = "Nothing is made for assets."
  }
}

run "one_key_takes_the_place_of_another" {
  command = apply

  variables {
    signing_keys = {
      "2026-11" = <<-EOT
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnVe6F1bwGun05tC8we6W
        5xweM6qo8dwl251tdysLncJswIiDQOqGwSGtPrUm6rw9wDAm9sJjEMU4ANXNHqoX
        WVSYHVq/VMZNXYMZA15AQMruR+WLNz19wPBjGzyM1s/7KylyZEtUnDdyBgcyc/Sv
        +APBUOzsWdBQNiyZwdodrsOEWma3a5To68jr9nOw/ivcwE//K9z+5t6cO7R0ETSP
        IEeuHuZgCzZparHXEcTAQLbGEuDofiPfFQ2jSwb+AHq0WlDBtqWGooRAibSW9BN/
        aTiDnyXrjxT6r2dcUtjxuNENBFwWTpVAML0XUU0QLyObOOnCq5jjD2YiK5dGbbGG
        wwIDAQAB
        -----END PUBLIC KEY-----
      EOT
      "2027-05" = <<-EOT
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApicuibtD3Lrt9xZtzPmm
        jcE4/Kqx4pIJYYKWIUyMU+HqueGsHqMbXZUdEzkqR9OicDu2+CA98nPFqotBT/DM
        bTm3QI/UMtBsSGUE5glhZhAhSd5lIfUxXNdFpRrWqNgOTbkbeVcMO/xbwwIGnKGV
        1sH9ucKJJXVh/ifA2QSYc5z5JPyoJzNTUvHG8Mz6FlNOF+1qXT0VQBkPe6yBkQv/
        btigziSb0ZjXhyjOapz9bRvTjrzJInRT0SPLyavCPwqasNN00V4U9LwUbNtCnWcn
        nk7N5766ZrIg+SSMddUccPqT2+boGZHIN5l7j2Q/soSTwBf0h7cDRweus46ipDAM
        GwIDAQAB
        -----END PUBLIC KEY-----
      EOT
    }
  }

  assert {
    condition     = keys(output.key_ids) == ["2026-11", "2027-05"] && length(toset([for key in aws_cloudfront_public_key.this : key.name])) == 2
    error_message = "Both sign while signers change (D8)."
  }

  assert {
    condition     = alltrue([for name, key in aws_cloudfront_public_key.this : endswith(key.encoded_key, "-----END PUBLIC KEY-----\n") && key.name == "edu-${name}-${substr(sha256(trimspace(key.encoded_key)), 0, 8)}"])
    error_message = "Another key of the same name is another resource, made before the first goes."
  }
}

run "countries" {
  command = plan

  variables {
    geo = { restriction_type = "whitelist", locations = ["DE", "FR"] }
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.restrictions[0].geo_restriction[*].restriction_type) == "whitelist" && toset(aws_cloudfront_distribution.this.restrictions[0].geo_restriction[0].locations) == toset(["DE", "FR"])
    error_message = "Only these countries are served (D8)."
  }
}

run "logs_without_a_person_in_them" {
  command = apply

  variables {
    log_bucket = { arn = "arn:aws:s3:::edu-logs" }
  }

  assert {
    condition     = length(setintersection(aws_cloudwatch_log_delivery.this["main"].record_fields, ["c-ip", "c-port", "x-forwarded-for", "cs(Cookie)", "cs(User-Agent)", "cs(Referer)", "cs-uri-query"])) == 0 && contains(aws_cloudwatch_log_delivery.this["main"].record_fields, "cs-uri-stem")
    error_message = "A log has nobody's address, cookie or working link (D4)."
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_source.this["main"].resource_arn == output.arn && alltrue([for resource in [aws_cloudwatch_log_delivery_source.this["main"], aws_cloudwatch_log_delivery_destination.this["main"], aws_cloudwatch_log_delivery.this["main"]] : resource.region == "us-east-1"])
    error_message = "CloudFront's logs come from us-east-1."
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_destination.this["main"].delivery_destination_configuration[0].destination_resource_arn == "arn:aws:s3:::edu-logs/cdn"
    error_message = "They go below the prefix."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.log_bucket["main"].statement, data.aws_iam_policy_document.log_key["main"].statement) :
      contains([for condition in statement.condition : "${condition.variable} ${join(",", condition.values)}"], "aws:SourceArn arn:aws:logs:us-east-1:123456789012:delivery-source:edu-cdn-access") &&
      contains([for condition in statement.condition : "${condition.variable} ${join(",", condition.values)}"], "aws:SourceAccount 123456789012")
    ])
    error_message = "The log service writes for this distribution's source only (D6)."
  }
}

run "metrics_that_are_paid_for" {
  command = apply

  variables {
    additional_metrics          = true
    origin_read_timeout_seconds = 60
  }

  assert {
    condition     = aws_cloudfront_monitoring_subscription.this["main"].distribution_id == "E2QWRUHAPOMQZL" && output.alarm_target.additional_metrics && output.alarm_target.origin_read_timeout_seconds == 60
    error_message = "The alarm on the origin's latency has its metric (C4)."
  }
}

run "with_tags" {
  command = plan

  variables {
    tags       = { team = "platform" }
    log_bucket = { arn = "arn:aws:s3:::edu-logs" }
  }

  assert {
    condition     = alltrue([for resource in [aws_cloudfront_distribution.this, aws_cloudwatch_log_delivery_source.this["main"], aws_cloudwatch_log_delivery_destination.this["main"], aws_cloudwatch_log_delivery.this["main"]] : resource.tags.team == "platform"])
    error_message = "What takes tags has them."
  }
}

# The distribution's ARN is not known when the policies of its bucket and key are planned.
run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a name with capital letters is refused
    name = "Edu"

    # no alias is refused: its certificate would be cloudfronts own
    aliases = []

    # a certificate of another region is refused
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd"

    # old tls is refused
    minimum_protocol_version = "TLSv1.1_2016"

    # the name of a bucket is refused
    files = { bucket_arn = "edu-files", bucket_regional_domain_name = "edu-files.s3.eu-west-1.amazonaws.com" }

    # no key is refused
    signing_keys = {}

    # a word that cloudfront does not know is refused
    geo = { restriction_type = "allow", locations = ["DE"] }

    # a regional web acl is refused
    web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd"

    # a prefix with a slash at its end is refused
    log_bucket = { arn = "arn:aws:s3:::edu-logs", prefix = "cdn/" }

    # no time for an answer is refused
    origin_read_timeout_seconds = 0

    # a class that cloudfront does not know is refused
    price_class = "PriceClass_300"
  }

  expect_failures = [
    var.name,
    var.aliases,
    var.certificate_arn,
    var.minimum_protocol_version,
    var.files,
    var.signing_keys,
    var.geo,
    var.web_acl_arn,
    var.log_bucket,
    var.origin_read_timeout_seconds,
    var.price_class,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # the same bucket again is refused
    files = { bucket_arn = "arn:aws:s3:::edu-files", bucket_regional_domain_name = "a", secondary = { bucket_arn = "arn:aws:s3:::edu-files", bucket_regional_domain_name = "a" } }

    # a private key is refused
    signing_keys = { first = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----" }

    # a list without countries is refused
    geo = { restriction_type = "blacklist" }
  }

  expect_failures = [
    var.files,
    var.signing_keys,
    var.geo,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a folder in a folder is refused
    files = { bucket_arn = "arn:aws:s3:::edu-files", bucket_regional_domain_name = "a", prefix = "files/" }

    # a key without a name is refused
    signing_keys = { "" = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----" }

    # the name of a country is refused
    geo = { restriction_type = "whitelist", locations = ["Germany"] }
  }

  expect_failures = [
    var.files,
    var.signing_keys,
    var.geo,
  ]
}

# What is compared with another variable is compared where that one is valid.
run "assets_with_a_root_that_is_a_path_are_refused" {
  command = plan

  variables {
    # a root with a slash is refused
    assets = { root = "/index.html" }
  }

  expect_failures = [
    var.assets,
  ]
}

run "assets_in_the_folder_of_the_files_are_refused" {
  command = plan

  variables {
    # all files would be public
    assets = { prefix = "files" }
  }

  expect_failures = [
    var.assets,
  ]
}

run "an_api_by_its_url_is_refused" {
  command = plan

  variables {
    # a url in the place of a host is refused
    api = { host = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1", stage = "v1", verify = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" } }
  }

  expect_failures = [
    var.api,
  ]
}

run "a_stage_that_is_called_as_a_folder_is_refused" {
  command = plan

  variables {
    # a path leads to one of them
    api = { host = "api.example.com", stage = "site", verify = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" } }
  }

  expect_failures = [
    var.api,
  ]
}

run "a_header_that_cloudfront_keeps_for_itself_is_refused" {
  command = plan

  variables {
    # CloudFront refuses it
    api = { host = "api.example.com", stage = "v1", verify = { header = "x-amz-verify", value = "0123456789abcdef0123456789abcdef" } }
  }

  expect_failures = [
    var.api,
  ]
}

run "a_value_that_can_be_guessed_is_refused" {
  command = plan

  variables {
    # whoever guesses it passes the web acl
    api = { host = "api.example.com", stage = "v1", verify = { header = "x-origin-verify", value = "secret" } }
  }

  expect_failures = [
    var.api,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    api         = { host = "a1b2c3.execute-api.eu-west-1.amazonaws.com", stage = "v1" }
    verify      = { header = "x-origin-verify", value = "0123456789abcdef0123456789abcdef" }
    signing_key = <<-EOT
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnVe6F1bwGun05tC8we6W
      5xweM6qo8dwl251tdysLncJswIiDQOqGwSGtPrUm6rw9wDAm9sJjEMU4ANXNHqoX
      WVSYHVq/VMZNXYMZA15AQMruR+WLNz19wPBjGzyM1s/7KylyZEtUnDdyBgcyc/Sv
      +APBUOzsWdBQNiyZwdodrsOEWma3a5To68jr9nOw/ivcwE//K9z+5t6cO7R0ETSP
      IEeuHuZgCzZparHXEcTAQLbGEuDofiPfFQ2jSwb+AHq0WlDBtqWGooRAibSW9BN/
      aTiDnyXrjxT6r2dcUtjxuNENBFwWTpVAML0XUU0QLyObOOnCq5jjD2YiK5dGbbGG
      wwIDAQAB
      -----END PUBLIC KEY-----
    EOT
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    api_hosts            = { primary = "a1b2c3.execute-api.eu-west-1.amazonaws.com", secondary = "d4e5f6.execute-api.eu-central-1.amazonaws.com" }
    origin_verify_values = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
  }
}
