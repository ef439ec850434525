variable "name" {
  description = "Name of the API. Its metrics have this name, so it must be unique in the region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -: metrics drop other characters."
  }
}

variable "description" {
  description = "What the API is for, in one sentence."
  type        = string
  default     = "Files and profiles of an education platform"
  nullable    = false
}

variable "stage" {
  description = "Name of the stage, the first part of every path."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage has 1 to 128 of A-Z, a-z, 0-9, _ and -."
  }
}

variable "contract" {
  description = "What the API accepts, in JSON: `routes` by `METHOD /path` (`operation`; `handler`; `body`, a model by content type; `headers` and `query`, each with whether it is required), and `models` by name (`content_type`, and a `schema` in draft 4). `null`: `contract.json` of this module."
  type        = string
  default     = null

  validation {
    condition = var.contract == null ? true : try(length(jsondecode(var.contract).routes) > 0, false) && alltrue([
      for route in try(keys(jsondecode(var.contract).routes), []) : can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE) (/(\\{[A-Za-z0-9_]+\\}|[A-Za-z0-9._~-]+)){1,4}$", route))
    ])
    error_message = "contract is JSON with routes by method and path, as \"GET /files/{id}\", of one to four parts each: there is a block of resources for each depth, and four of them."
  }

  validation {
    condition = var.contract == null ? true : alltrue(flatten([
      for route in try(values(jsondecode(var.contract).routes), []) : [
        for model in values(try(route.body, {})) : can(regex("^[A-Za-z0-9]+$", model)) && contains(keys(try(jsondecode(var.contract).models, {})), model)
      ]
    ]))
    error_message = "Every model that a route of contract names is in its models, by a name of letters and digits."
  }

  validation {
    condition     = var.contract == null ? true : alltrue([for route in try(values(jsondecode(var.contract).routes), []) : can(regex("^[a-z][a-z0-9-]*$", route.handler))])
    error_message = "Every route of contract names its handler, as \"upload-api\"."
  }
}

variable "handlers" {
  description = "Functions by their names in the contract: the output `handler` of the module function. Routes whose handler is missing here are left out."
  type = map(object({
    function_name = string
    alias_name    = string
    invoke_arn    = string
  }))
  nullable = false

  validation {
    condition     = length(var.handlers) > 0
    error_message = "handlers has at least one function: API Gateway deploys no API without a method."
  }
}

variable "user_pool_arn" {
  description = "ARN of the user pool whose id tokens clients send in the header `Authorization`."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/.+$", var.user_pool_arn))
    error_message = "user_pool_arn is the ARN of a user pool, as arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf."
  }
}

variable "cors_origins" {
  description = "Origins of the web pages that can call the API, the same as `LECTERN_CORS_ORIGINS` of the handlers. Empty: pages of other origins cannot. The values may be unknown at plan."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)$", origin))])
    error_message = "cors_origins has origins without a path, as https://learn.example.com; http only for localhost, and no *."
  }
}

variable "throttling" {
  description = "Limits of each method over all clients together: requests per second and burst. Requests above are answered with 429. `methods` has other limits by method and path, as `{ \"POST /files\" = { rate_per_second = 5, burst = 10 } }`; preflights are `OPTIONS /files`."
  type = object({
    rate_per_second = optional(number, 100)
    burst           = optional(number, 200)
    methods = optional(map(object({
      rate_per_second = number
      burst           = number
    })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for limits in concat([{ rate_per_second = var.throttling.rate_per_second, burst = var.throttling.burst }], values(var.throttling.methods)) :
      limits.rate_per_second > 0 && limits.burst >= 1 && floor(limits.burst) == limits.burst
    ])
    error_message = "throttling.rate_per_second is above 0, and throttling.burst a whole number from 1; so are those of throttling.methods."
  }
}

variable "minimum_compression_bytes" {
  description = "Responses of at least this many bytes are compressed if the client accepts it. `-1`: no compression."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.minimum_compression_bytes >= -1 && var.minimum_compression_bytes <= 10485760 && floor(var.minimum_compression_bytes) == var.minimum_compression_bytes
    error_message = "minimum_compression_bytes is a whole number from 0 to 10485760, or -1."
  }
}

variable "metrics_enabled" {
  description = "Publish metrics per method as well, which are charged. The alarms use the metrics of the stage, which always exist."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing" {
  description = "Send traces to X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "execution_logs" {
  description = "Execution logs of API Gateway: `ERROR` or `OFF`."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ERROR", "OFF"], var.execution_logs)
    error_message = "execution_logs is \"ERROR\" or \"OFF\": with INFO, parameters of requests would be in the log."
  }
}

variable "access_log_retention_days" {
  description = "Days to keep the access and execution logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.access_log_retention_days)
    error_message = "access_log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the logs. Its policy must allow CloudWatch Logs to use it. `null`: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "manage_account_logging_role" {
  description = "Create the role that API Gateway writes logs with. It is one per account and region: it replaces the role that is set, and a destroy leaves none. `false`: the account has one already; without it AWS refuses the stage."
  type        = bool
  default     = false
  nullable    = false
}

variable "resource_policy" {
  description = "Resource policy of the API in JSON, with resources such as `execute-api:/v1/GET/files`. `null`: anyone with a token can call."
  type = object({
    json = string
  })
  default = null

  validation {
    condition     = var.resource_policy == null ? true : can(jsondecode(var.resource_policy.json).Statement)
    error_message = "resource_policy.json is a policy in JSON, with Statement."
  }
}

variable "origin_verify" {
  description = "ARN of a regional web ACL that blocks every request without the header that the CDN adds. Its default action must be block, and it must accept two values of the header, so that the value can be rotated. `null`: anyone on the internet reaches the API."
  type = object({
    web_acl_arn = string
  })
  default = null

  validation {
    condition     = var.origin_verify == null ? true : can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/.+$", var.origin_verify.web_acl_arn))
    error_message = "origin_verify.web_acl_arn is the ARN of a regional web ACL, as arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd: one of CloudFront's scope cannot guard an API."
  }
}

variable "disable_execute_api_endpoint" {
  description = "Turn off the default `execute-api` endpoint, which accepts TLS 1.0 and has no setting for it. Clients then use `domain`, or a domain that is managed elsewhere."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain" {
  description = "Custom domain: host name, ACM certificate in this region, and TLS policy, at least TLS 1.2. `base_path` is the first part of its paths, instead of the stage; the module cdn needs one that is called as the stage. Create the DNS record from the output `domain`. `null`: none."
  type = object({
    name            = string
    certificate_arn = string
    security_policy = optional(string, "TLS_1_2")
    base_path       = optional(string)
  })
  default = null

  validation {
    condition     = try(var.domain.base_path, null) == null ? true : can(regex("^[A-Za-z0-9_-]{1,128}$", var.domain.base_path))
    error_message = "domain.base_path is ${jsonencode(try(var.domain.base_path, null))}; type one part of a path without slashes, as v1."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain.name))
    error_message = "domain.name is a full host name, as api.example.com."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.domain.certificate_arn))
    error_message = "domain.certificate_arn is a certificate of ACM in the API's region, as arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^(TLS_1_2|SecurityPolicy_TLS13_[A-Z0-9_]+)$", var.domain.security_policy))
    error_message = "domain.security_policy is \"TLS_1_2\" or one of API Gateway's SecurityPolicy_TLS13_..., which begin with TLS 1.2 or 1.3."
  }
}

variable "integration_timeout_milliseconds" {
  description = "How long API Gateway waits for a function. The functions stop one second before the maximum."
  type        = number
  default     = 29000
  nullable    = false

  validation {
    condition     = var.integration_timeout_milliseconds >= 50 && var.integration_timeout_milliseconds <= 29000 && floor(var.integration_timeout_milliseconds) == var.integration_timeout_milliseconds
    error_message = "integration_timeout_milliseconds is a whole number from 50 to 29000, API Gateway's most."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that is set as permissions boundary on the role. `null`: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the module's resources. `null`: the provider's region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that takes tags, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
