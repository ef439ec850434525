variable "name" {
  description = "First part of the names of the policies, keys and the origin access control. CloudFront is a global service; use a different name for each distribution of the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name is \"${var.name}\"; it begins with a letter and has at most 32 of a-z, 0-9 and -, because CloudFront's names have few characters."
  }
}

variable "aliases" {
  description = "Host names of the distribution, for example `learn.example.com`. The certificate must cover each of them. Create DNS records from the outputs `domain_name` and `hosted_zone_id`."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.aliases) > 0 && alltrue([for alias in var.aliases : can(regex("^(\\*\\.)?([a-z0-9-]+\\.)+[a-z]{2,}$", alias))])
    error_message = "aliases is ${jsonencode(var.aliases)}; set at least one full host name in lower case, for example [\"learn.example.com\"]. Without one, CloudFront's own certificate would be used, with which clients may connect by TLS 1.0."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate for the aliases. It must be in us-east-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn is \"${var.certificate_arn}\"; CloudFront takes certificates of us-east-1 only. Type the ARN of one, for example arn:aws:acm:us-east-1:123456789012:certificate/1234abcd."
  }
}

variable "minimum_protocol_version" {
  description = "TLS security policy for viewers: `TLSv1.2_2021`, `TLSv1.2_2025` or `TLSv1.3_2025`."
  type        = string
  default     = "TLSv1.2_2021"
  nullable    = false

  validation {
    condition     = contains(["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"], var.minimum_protocol_version)
    error_message = "minimum_protocol_version is \"${var.minimum_protocol_version}\"; set TLSv1.2_2021, TLSv1.2_2025 or TLSv1.3_2025. Older policies take TLS 1.0 or weak ciphers."
  }
}

variable "files" {
  description = "Bucket of the files: the outputs `bucket_arn` and `bucket_regional_domain_name` of the module storage. Objects under `prefix` require a signed URL or signed cookies. `secondary` is the replica in the second region, from which CloudFront reads if the first bucket fails. CloudFront can read a bucket only if you add `bucket_policy_json` and `key_policy_json` to its policies."
  type = object({
    bucket_arn                  = string
    bucket_regional_domain_name = string
    prefix                      = optional(string, "files")
    secondary = optional(object({
      bucket_arn                  = string
      bucket_regional_domain_name = string
    }))
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.files.bucket_arn)) && (var.files.secondary == null ? true : can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.files.secondary.bucket_arn)))
    error_message = "files.bucket_arn is \"${var.files.bucket_arn}\" and files.secondary.bucket_arn is ${jsonencode(try(var.files.secondary.bucket_arn, null))}; set ARNs of buckets, for example arn:aws:s3:::edu-files."
  }

  validation {
    condition     = var.files.secondary == null ? true : var.files.secondary.bucket_arn != var.files.bucket_arn
    error_message = "files.secondary.bucket_arn is the bucket of files again, \"${var.files.bucket_arn}\", which fails when the first fails. Type the ARN of the replica in the second region, or leave secondary out."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.files.prefix))
    error_message = "files.prefix is \"${var.files.prefix}\"; set the name of one folder without slashes, for example files: it is the first part of the objects' keys and of the URLs' paths."
  }
}

variable "assets" {
  description = "Public assets, for example a web page: `prefix`, their folder in the bucket of the files; `root`, the object for the path `/`; `content_security_policy`, which must list the hosts of Cognito and S3 under `connect-src` if the page calls them; `cache_control`, for objects without the header `Cache-Control`. Default: no public assets; all paths except those of the API require a signature."
  type = object({
    prefix                  = optional(string, "site")
    root                    = optional(string, "index.html")
    content_security_policy = optional(string, "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
    cache_control           = optional(string, "public, max-age=300")
  })
  default = null

  validation {
    condition     = var.assets == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", var.assets.prefix)) && !startswith(var.assets.root, "/") && var.assets.root != ""
    error_message = "assets.prefix is ${jsonencode(try(var.assets.prefix, null))} and assets.root is ${jsonencode(try(var.assets.root, null))}; set the name of one folder, for example site, and an object in it without a slash at the start, for example index.html."
  }

  validation {
    condition     = var.assets == null ? true : var.assets.prefix != var.files.prefix
    error_message = "assets.prefix is ${jsonencode(try(var.assets.prefix, null))}, the folder of the files, which would be public. Type another one, for example site."
  }
}

variable "api" {
  description = "The API: `host` and `stage`, the outputs `host` and `stage_name` of the module api, and `verify`, the header that the web ACL of the API requires, which is the output `verify` of the module edge. The stage is the first part of the paths of the API. If `host` is a custom domain, set `base_path` of the module api's `domain` to the stage. `secondary` is the API of the second region, which receives the same header; the module origin-failover switches to it."
  type = object({
    host      = string
    stage     = string
    verify    = object({ header = string, value = string })
    secondary = optional(object({ host = string }))
  })
  nullable = false

  validation {
    condition     = alltrue([for host in concat([var.api.host], var.api.secondary[*].host) : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", host))])
    error_message = "api.host is \"${var.api.host}\" and api.secondary.host is ${jsonencode(try(var.api.secondary.host, null))}; set host names without https:// and without a path, for example a1b2c3.execute-api.eu-west-1.amazonaws.com."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.api.stage)) && !contains(concat([var.files.prefix], var.assets[*].prefix), var.api.stage)
    error_message = "api.stage is \"${var.api.stage}\"; set the name of the stage, for example v1, which no folder of files or assets has: a path leads to one of them."
  }

  validation {
    condition     = can(regex("^x-[a-z0-9-]{1,62}$", var.api.verify.header)) && !can(regex("^x-(amz|edge)", var.api.verify.header))
    error_message = "api.verify.header is a name in lower case that begins with x-, for example x-origin-verify, and not with x-amz or x-edge: CloudFront keeps those for itself."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_.~+/=-]{32,512}$", var.api.verify.value))
    error_message = "api.verify.value must have 32 to 512 letters, digits and _.~+/=-, because everyone who guesses it passes the web ACL of the API. Set a random value, for example from random_password with special = false."
  }
}

variable "signing_keys" {
  description = "Public keys that verify signed URLs and cookies, in PEM format, by name: RSA with 2,048 bits, or ECDSA P-256. To rotate a key, add the new key, use it for signing, and remove the old key when its last URL has expired."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.signing_keys) >= 1 && length(var.signing_keys) <= 2
    error_message = "signing_keys has ${length(var.signing_keys)} keys; give one, or two while one takes the place of the other, for example { \"2026-11\" = file(\"signing.pub.pem\") }. A key that nobody signs with is only a risk."
  }

  validation {
    condition     = alltrue([for name in keys(var.signing_keys) : can(regex("^[A-Za-z0-9-]{1,32}$", name))])
    error_message = "signing_keys has the names ${join(", ", keys(var.signing_keys))}; a name has 1 to 32 letters, digits and -, for example 2026-11."
  }

  validation {
    condition     = alltrue([for key in values(var.signing_keys) : can(regex("^\\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\\s]+-----END PUBLIC KEY-----\\s*$", key))])
    error_message = "signing_keys has a value that is no public key in PEM. It begins with -----BEGIN PUBLIC KEY-----; `openssl rsa -in signing.pem -pubout` writes it. Never give the private key: it would be in the state."
  }
}

variable "geo" {
  description = "Geographic restriction: `{ restriction_type = \"none\" }` for all countries, or `whitelist` or `blacklist` with `locations`, a list of ISO 3166-1 alpha-2 country codes. There is no default; choose explicitly."
  type = object({
    restriction_type = string
    locations        = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = contains(["none", "whitelist", "blacklist"], var.geo.restriction_type)
    error_message = "geo.restriction_type is \"${var.geo.restriction_type}\"; set none, whitelist or blacklist."
  }

  validation {
    condition     = (var.geo.restriction_type == "none") == (length(var.geo.locations) == 0)
    error_message = "geo.restriction_type is \"${var.geo.restriction_type}\" with ${length(var.geo.locations)} locations; none has no locations, and whitelist and blacklist have at least one, for example { restriction_type = \"whitelist\", locations = [\"DE\", \"FR\"] }."
  }

  validation {
    condition     = alltrue([for code in var.geo.locations : can(regex("^[A-Z]{2}$", code))])
    error_message = "geo.locations is ${jsonencode(var.geo.locations)}; set country codes of two capital letters (ISO 3166-1 alpha-2), for example [\"DE\", \"FR\"]."
  }
}

variable "web_acl_arn" {
  description = "ARN of the web ACL of the distribution: the output `cdn_web_acl_arn` of the module edge. Default: no web ACL."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null ? true : can(regex("^arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/.+$", var.web_acl_arn))
    error_message = "web_acl_arn is ${jsonencode(var.web_acl_arn)}; set the ARN of a web ACL of the scope CLOUDFRONT, for example arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu-cdn/0123abcd: a regional one cannot guard a distribution."
  }
}

variable "log_bucket" {
  description = "Bucket for the access logs, in any region, and the prefix of the objects. Add `log_bucket_policy_json` to the policy of the bucket, and `log_key_policy_json` to the policy of its customer managed key. Default: no access logs."
  type = object({
    arn    = string
    prefix = optional(string, "cdn")
  })
  default = null

  validation {
    condition     = var.log_bucket == null ? true : can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]+$", var.log_bucket.arn)) && can(regex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", var.log_bucket.prefix))
    error_message = "log_bucket.arn is ${jsonencode(try(var.log_bucket.arn, null))} and log_bucket.prefix is ${jsonencode(try(var.log_bucket.prefix, null))}; set the ARN of a bucket, for example arn:aws:s3:::edu-logs, and a prefix without a slash at either end, for example cdn."
  }
}

variable "additional_metrics" {
  description = "Publish CloudFront's additional metrics, which are charged: origin latency, cache hit rate and error rates by status code. The alarm `origin_latency` of an alarm bundle needs them."
  type        = bool
  default     = false
  nullable    = false
}

variable "origin_read_timeout_seconds" {
  description = "Seconds that CloudFront waits for a response of the API. API Gateway waits up to 29 seconds for a function."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.origin_read_timeout_seconds >= 1 && var.origin_read_timeout_seconds <= 120 && floor(var.origin_read_timeout_seconds) == var.origin_read_timeout_seconds
    error_message = "origin_read_timeout_seconds is ${var.origin_read_timeout_seconds}; set a whole number from 1 to 120, CloudFront's most without a higher quota."
  }
}

variable "price_class" {
  description = "Edge locations that serve the distribution: `PriceClass_All`, `PriceClass_200` or `PriceClass_100`."
  type        = string
  default     = "PriceClass_All"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_All", "PriceClass_200", "PriceClass_100"], var.price_class)
    error_message = "price_class is \"${var.price_class}\"; set PriceClass_All, PriceClass_200 or PriceClass_100."
  }
}

variable "wait_for_deployment" {
  description = "Whether an apply waits until a change is deployed to all edge locations, which takes several minutes."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
