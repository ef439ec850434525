variable "name" {
  description = "Name of the API, which its metrics have: no other API of the region may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -: metrics drop other characters."
  }
}

variable "description" {
  description = "What the API is for, in a sentence."
  type        = string
  default     = "Files and profiles of an education platform"
  nullable    = false
}

variable "stage" {
  description = "Name of the stage, first part of every path."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage has 1 to 128 of A-Z, a-z, 0-9, _ and -."
  }
}

variable "contract" {
  description = "What the API takes, in JSON: routes by \"METHOD /path\" (operation, handler, body: model by content type, headers and query: whether API Gateway requires them), and models by name (content_type, schema in draft 4). null: contract.json of this module."
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
  description = "Functions by the names that the contract has for them, as the module function gives them in its output handler. Routes of handlers that are not here are left out."
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
  description = "User pool whose id tokens callers bring in the header Authorization."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/.+$", var.user_pool_arn))
    error_message = "user_pool_arn is the ARN of a user pool, as arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf."
  }
}

variable "cors_origins" {
  description = "Origins of the pages that may call, the same as the handlers' LECTERN_CORS_ORIGINS. Empty: no page of another origin may. A list, whose length is known where an address in it is not yet."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)$", origin))])
    error_message = "cors_origins has origins without a path, as https://learn.example.com; http only for localhost, and no *."
  }
}

variable "throttling" {
  description = "Requests a second of all callers together to each method, and how many may come at once; what is above is answered with 429. methods has other figures by method and path, as { \"POST /files\" = { rate_per_second = 5, burst = 10 } }; those of preflights by \"OPTIONS /files\"."
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
  description = "Answers from so many bytes are compressed for who takes them so; -1: none is."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.minimum_compression_bytes >= -1 && var.minimum_compression_bytes <= 10485760 && floor(var.minimum_compression_bytes) == var.minimum_compression_bytes
    error_message = "minimum_compression_bytes is a whole number from 0 to 10485760, or -1."
  }
}

variable "metrics_enabled" {
  description = "Metrics for each method too, which are paid; the alarms read those of the stage, which are always there."
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
  description = "What API Gateway writes of its own work: \"ERROR\" or \"OFF\"."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ERROR", "OFF"], var.execution_logs)
    error_message = "execution_logs is \"ERROR\" or \"OFF\": with INFO, parameters of requests would be in the log."
  }
}

variable "access_log_retention_days" {
  description = "Days to keep the API's logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.access_log_retention_days)
    error_message = "access_log_retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, or 3 to 10 years' days."
  }
}

variable "kms_key_arn" {
  description = "Customer key of the API's logs; its policy has to let CloudWatch Logs use it. null: AWS' own."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of the key itself, as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "manage_account_logging_role" {
  description = "Make the role by which API Gateway writes logs, one for all APIs of the account in this region. It takes the place of one that was made elsewhere, and a destroy leaves none. false: it is there already; without one the stage is refused."
  type        = bool
  default     = false
  nullable    = false
}

variable "resource_policy" {
  description = "Who may call at all, a policy in JSON with resources such as execute-api:/v1/GET/files. null: whoever has a token."
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
  description = "Regional web ACL that blocks every request without the header that the CDN adds: its ARN. It has to block by default, and to take two values of the header, so that the value can be changed. null: off, and anybody on the internet reaches the API."
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
  description = "Answer at domain only, or at a domain that is made elsewhere. The address that API Gateway gives takes TLS 1.0 and has no setting for it."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain" {
  description = "Domain of its own: host name, a certificate for it in this region, and what TLS it takes, at least 1.2. The record in DNS is made elsewhere, of output domain. null: none."
  type = object({
    name            = string
    certificate_arn = string
    security_policy = optional(string, "TLS_1_2")
  })
  default = null

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
  description = "How long API Gateway waits for a function. The functions end a second before its most."
  type        = number
  default     = 29000
  nullable    = false

  validation {
    condition     = var.integration_timeout_milliseconds >= 50 && var.integration_timeout_milliseconds <= 29000 && floor(var.integration_timeout_milliseconds) == var.integration_timeout_milliseconds
    error_message = "integration_timeout_milliseconds is a whole number from 50 to 29000, API Gateway's most."
  }
}

variable "permissions_boundary" {
  description = "Policy that bounds what the role made here may do, by its ARN. null: none."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of everything here; null: the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes them, beside the provider's default_tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
