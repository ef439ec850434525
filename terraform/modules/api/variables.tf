variable "name" {
  description = "Name of the API. Its metrics have this name, so it must be unique in the Region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -. API Gateway removes other characters from the names of metrics."
  }
}

variable "description" {
  description = "Description of the API."
  type        = string
  default     = "Files and profiles of an education platform"
  nullable    = false
}

variable "stage" {
  description = "Name of the stage. It is the first part of the path of every URL."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage must have 1 to 128 characters of A-Z, a-z, 0-9, _ and -."
  }
}

variable "contract" {
  description = "API contract in JSON. `routes` maps `METHOD /path` to a route (`operation`, `handler`, `body` with a model per content type, and `headers` and `query` with whether each is required). `models` maps a name to a model (`content_type` and a JSON schema in draft 4). Default: `contract.json` of this module."
  type        = string
  default     = null

  validation {
    condition = var.contract == null ? true : try(length(jsondecode(var.contract).routes) > 0, false) && alltrue([
      for route in try(keys(jsondecode(var.contract).routes), []) : can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE) (/(\\{[A-Za-z0-9_]+\\}|[A-Za-z0-9._~-]+)){1,4}$", route))
    ])
    error_message = "contract must be JSON with routes by method and path, for example \"GET /files/{id}\". Paths must have one to four parts."
  }

  validation {
    condition = var.contract == null ? true : alltrue(flatten([
      for route in try(values(jsondecode(var.contract).routes), []) : [
        for model in values(try(route.body, {})) : can(regex("^[A-Za-z0-9]+$", model)) && contains(keys(try(jsondecode(var.contract).models, {})), model)
      ]
    ]))
    error_message = "Every model that a route of contract uses must be in its models, and its name must contain only letters and digits."
  }

  validation {
    condition     = var.contract == null ? true : alltrue([for route in try(values(jsondecode(var.contract).routes), []) : can(regex("^[a-z][a-z0-9-]*$", route.handler))])
    error_message = "Every route of contract must have a handler, for example \"upload-api\"."
  }
}

variable "handlers" {
  description = "Map of handler name in the contract to Lambda function: the output `handler` of the module function. Routes whose handler is missing are not created."
  type = map(object({
    function_name = string
    alias_name    = string
    invoke_arn    = string
  }))
  nullable = false

  validation {
    condition     = length(var.handlers) > 0
    error_message = "handlers must have at least one function, because API Gateway cannot deploy an API without methods."
  }
}

variable "user_pool_arn" {
  description = "ARN of the Cognito user pool. Clients send its ID tokens in the `Authorization` header."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/.+$", var.user_pool_arn))
    error_message = "user_pool_arn must be the ARN of a user pool, for example arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf."
  }
}

variable "cors_origins" {
  description = "Origins of the web pages that can call the API (CORS). Set the same value as `LECTERN_CORS_ORIGINS` of the functions. Default: pages of other origins cannot call the API. The values can be unknown at plan."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)$", origin))])
    error_message = "cors_origins must contain origins without a path, for example https://learn.example.com. http is allowed for localhost only, and * is not allowed."
  }
}

variable "throttling" {
  description = "Throttling limits of each method, for all clients together: requests per second and burst. Requests above the limits receive status 429. To set other limits for a method, use `methods`, for example `{ \"POST /files\" = { rate_per_second = 5, burst = 10 } }`. Preflight requests are `OPTIONS /files`."
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
    error_message = "throttling.rate_per_second must be greater than 0, and throttling.burst must be a whole number of 1 or more. The same applies to throttling.methods."
  }
}

variable "health_path" {
  description = "Path of a health check below the stage, for example `/health`. API Gateway answers `GET` with status 200, without a token and without invoking a function, so the check shows whether the API of the Region is reachable. Set the same path as `health_path` of the module edge. Default: no health check."
  type        = string
  default     = null

  validation {
    condition     = var.health_path == null ? true : can(regex("^/[A-Za-z0-9._~-]{1,64}$", var.health_path))
    error_message = "health_path is ${jsonencode(var.health_path)}. Set a path of one part, for example \"/health\"."
  }
}

variable "minimum_compression_bytes" {
  description = "Minimum response size in bytes to compress when the client sends `Accept-Encoding`. Set to `-1` to disable compression."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.minimum_compression_bytes >= -1 && var.minimum_compression_bytes <= 10485760 && floor(var.minimum_compression_bytes) == var.minimum_compression_bytes
    error_message = "minimum_compression_bytes must be a whole number from 0 to 10485760, or -1."
  }
}

variable "metrics_enabled" {
  description = "Whether to publish detailed metrics for each method, at extra cost. The alarms use the metrics of the stage, which are always published."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing" {
  description = "Whether to send traces to AWS X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "execution_logs" {
  description = "Level of the execution logs of API Gateway: `ERROR` or `OFF`."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ERROR", "OFF"], var.execution_logs)
    error_message = "execution_logs must be \"ERROR\" or \"OFF\". INFO would log request parameters."
  }
}

variable "access_log_retention_days" {
  description = "Number of days to keep the access and execution logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.access_log_retention_days)
    error_message = "access_log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed key for the logs. Its policy must allow CloudWatch Logs to use it. Default: AWS owned keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of the key, not of an alias, for example arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "manage_account_logging_role" {
  description = "Whether to create the IAM role that API Gateway uses to write logs. It is an account-wide setting in each Region: the new role replaces the existing one, and destroy leaves the account without one. Set `false` if the account already has a role; API Gateway cannot create the stage without it."
  type        = bool
  default     = false
  nullable    = false
}

variable "resource_policy" {
  description = "Resource policy of the API in JSON, with resources such as `execute-api:/v1/GET/files`. Default: anyone with a valid token can call the API."
  type = object({
    json = string
  })
  default = null

  validation {
    condition     = var.resource_policy == null ? true : can(jsondecode(var.resource_policy.json).Statement)
    error_message = "resource_policy.json must be a policy in JSON with a Statement."
  }
}

variable "origin_verify" {
  description = "ARN of a regional web ACL that blocks requests without the header that CloudFront adds. Its default action must be block, and it must accept two values of the header so that you can rotate the value. Default: clients can call the API directly, without CloudFront."
  type = object({
    web_acl_arn = string
  })
  default = null

  validation {
    condition     = var.origin_verify == null ? true : can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/.+$", var.origin_verify.web_acl_arn))
    error_message = "origin_verify.web_acl_arn must be the ARN of a regional web ACL, for example arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd. A web ACL with the scope CLOUDFRONT cannot protect an API."
  }
}

variable "disable_execute_api_endpoint" {
  description = "Whether to disable the default `execute-api` endpoint, which accepts TLS 1.0. Clients must then use `domain`, or a custom domain that you manage elsewhere."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain" {
  description = "Custom domain: host name, ACM certificate in this region, and TLS policy, at least TLS 1.2. `base_path` is the first part of its paths, instead of the stage; the module cdn needs one that is called as the stage. Create the DNS record from the output `domain`. Default: none."
  type = object({
    name            = string
    certificate_arn = string
    security_policy = optional(string, "TLS_1_2")
    base_path       = optional(string)
  })
  default = null

  validation {
    condition     = try(var.domain.base_path, null) == null ? true : can(regex("^[A-Za-z0-9_-]{1,128}$", var.domain.base_path))
    error_message = "domain.base_path is ${jsonencode(try(var.domain.base_path, null))}. Set one part of a path without slashes, for example v1."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain.name))
    error_message = "domain.name must be a full host name, for example api.example.com."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.domain.certificate_arn))
    error_message = "domain.certificate_arn must be the ARN of an ACM certificate in the Region of the API, for example arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^(TLS_1_2|SecurityPolicy_TLS13_[A-Z0-9_]+)$", var.domain.security_policy))
    error_message = "domain.security_policy must be \"TLS_1_2\" or one of the SecurityPolicy_TLS13_... policies of API Gateway that require TLS 1.2 or later."
  }
}

variable "integration_timeout_milliseconds" {
  description = "Maximum time that API Gateway waits for a function, in milliseconds. With the default, the functions stop one second earlier."
  type        = number
  default     = 29000
  nullable    = false

  validation {
    condition     = var.integration_timeout_milliseconds >= 50 && var.integration_timeout_milliseconds <= 29000 && floor(var.integration_timeout_milliseconds) == var.integration_timeout_milliseconds
    error_message = "integration_timeout_milliseconds must be a whole number from 50 to 29000, the limit of API Gateway."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of the role. Default: no boundary."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the resources of the module. Default: the provider's Region."
  type        = string
  default     = null
}

variable "tags" {
  description = "Map of tags to assign to all resources of the module, in addition to the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false
}
