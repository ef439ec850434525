variable "environment" {
  description = "Environment to deploy: dev or prod."
  type        = string
  default     = "prod"

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "environment must be dev or prod."
  }
}

locals {
  settings = {
    # Nobody is notified, and thresholds are higher.
    dev = {
      severities = {
        warning  = { alarm_actions = [] }
        critical = { alarm_actions = [] }
      }
      overrides = {
        "lambda/*/errors"                 = { threshold = 20, evaluation_periods = 5 }
        "api_gateway/main/error_rate_4xx" = { warning = { enabled = false }, critical = { threshold = 50 } }
      }
    }
    # The thresholds of the catalogue, except for one.
    prod = {
      severities = {
        warning  = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:warn"] }
        critical = { alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:page"] }
      }
      overrides = {
        "api_gateway/main/error_rate_4xx" = { warning = { threshold = 3 }, critical = { threshold = 8 } }
      }
    }
  }
}

resource "lectern_alarm_bundle" "environment" {
  name       = "edu-${var.environment}-api"
  severities = local.settings[var.environment].severities
  overrides  = local.settings[var.environment].overrides

  lambda = {
    upload   = { function_name = "edu-${var.environment}-upload", timeout_seconds = 30 }
    download = { function_name = "edu-${var.environment}-download", timeout_seconds = 12 }
  }
  api_gateway = {
    main = { api_name = "edu-${var.environment}-api", stage = "v1" }
  }
}
