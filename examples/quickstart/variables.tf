variable "name" {
  description = "Prefix of the alarm names."
  type        = string
  default     = "courses"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must have 1 to 64 letters, digits, - or _, for example \"courses\"."
  }
}

variable "functions" {
  description = "Map of a short name to Lambda function to monitor: the name of the function, its timeout, and the alias that callers invoke (null for no alias)."
  type = map(object({
    function_name   = string
    timeout_seconds = number
    alias           = optional(string)
  }))

  validation {
    condition     = length(var.functions) > 0
    error_message = "functions must have at least one function, for example { catalogue = { function_name = \"course-catalogue\", timeout_seconds = 3 } }."
  }
}

variable "topic_arn" {
  description = "ARN of the SNS topic that receives alarm notifications."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic, for example \"arn:aws:sns:us-east-1:123456789012:course-alarms\"."
  }
}

variable "errors_allowed_per_minute" {
  description = "Number of failed invocations per minute that do not trigger the alarm."
  type        = number
  default     = 0

  validation {
    condition     = var.errors_allowed_per_minute >= 0
    error_message = "errors_allowed_per_minute must be 0 or more. With 0, the first failure triggers the alarm."
  }
}

variable "atlas_project_id" {
  description = "ID of the MongoDB Atlas project to create a private link in. Default: no private link, and no Atlas credentials are needed."
  type        = string
  default     = null

  validation {
    condition     = var.atlas_project_id == null || can(regex("^[0-9a-f]{24}$", var.atlas_project_id))
    error_message = "atlas_project_id must have 24 hexadecimal digits, for example \"0123456789abcdef01234567\", or be null for no private link."
  }
}

variable "atlas_region" {
  description = "Region of the Atlas clusters, as AWS or Atlas writes it. Default: the Region of the alarms."
  type        = string
  default     = null
}

variable "dumps" {
  description = "Map of a short name to MongoDB cluster to dump: the function and roles that terraform/modules/backup creates, the secret with the connection string, the bucket and its key."
  type = map(object({
    function_arn        = string
    scheduler_role_arn  = string
    role_arn            = string
    secret_arn          = string
    bucket              = string
    kms_key_arn         = string
    schedule_expression = optional(string, "rate(6 hours)")
  }))
  default = {}

  validation {
    condition     = alltrue([for dump in var.dumps : can(regex("^(rate|cron)[(]", dump.schedule_expression))])
    error_message = "schedule_expression must be rate(...) or cron(...), for example rate(6 hours). The alarm on missing dumps needs a schedule that repeats."
  }
}
