variable "name" {
  description = "First part of every alarm's name, before the slash."
  type        = string
  default     = "courses"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "Write 1 to 64 letters, digits, - or _, for example \"courses\"."
  }
}

variable "functions" {
  description = "Lambda functions to watch, by a short name of your own: the function's name, its timeout, and the alias callers use (null for none)."
  type = map(object({
    function_name   = string
    timeout_seconds = number
    alias           = optional(string)
  }))

  validation {
    condition     = length(var.functions) > 0
    error_message = "Name at least one function, for example { catalogue = { function_name = \"course-catalogue\", timeout_seconds = 3 } }."
  }
}

variable "topic_arn" {
  description = "SNS topic that hears about alarms."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:", var.topic_arn))
    error_message = "Write the ARN of an SNS topic, for example \"arn:aws:sns:us-east-1:123456789012:course-alarms\"."
  }
}

variable "errors_allowed_per_minute" {
  description = "Failed invocations a minute that are still no alarm."
  type        = number
  default     = 0

  validation {
    condition     = var.errors_allowed_per_minute >= 0
    error_message = "Write 0 or more: 0 means that the first failure raises the alarm."
  }
}

variable "atlas_project_id" {
  description = "MongoDB Atlas project that gets a private link; null: no private link, and nothing asks Atlas."
  type        = string
  default     = null

  validation {
    condition     = var.atlas_project_id == null || can(regex("^[0-9a-f]{24}$", var.atlas_project_id))
    error_message = "Write the 24 hexadecimal digits of the project's id, for example \"0123456789abcdef01234567\", or null for no private link."
  }
}

variable "atlas_region" {
  description = "Region of the Atlas clusters, as AWS or as Atlas writes it; null: the alarms' region."
  type        = string
  default     = null
}

variable "dumps" {
  description = "MongoDB clusters to dump, by a name of your own: function and roles as terraform/modules/backup makes them, the secret with the cluster's address, bucket and key."
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
    error_message = "Write rate(...) or cron(...) as schedule_expression, for example rate(6 hours): the alarm waits for the next dump, and at(...) has none."
  }
}
