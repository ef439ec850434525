variable "name" {
  description = "First part of the names of the pipeline, projects, roles and deployments. Role names end with the Region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,20}$", var.name))
    error_message = "name is \"${var.name}\"; it must begin with a letter and have at most 21 characters: a-z, 0-9 and -, because role names can have 64 characters."
  }
}

variable "artifacts_bucket" {
  description = "Name of the bucket to create for plans and packages. Bucket names are unique across all AWS accounts."
  type        = string
}

variable "artifacts_days" {
  description = "Number of days to keep the artifacts of the pipeline, which contain plans. Packages are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.artifacts_days >= 1 && floor(var.artifacts_days) == var.artifacts_days
    error_message = "artifacts_days must be a whole number of 1 or more."
  }
}

variable "access_logs" {
  description = "Bucket for the access logs of the artifacts bucket, in the form of `access_logs` of the module storage. Default: no access logs."
  type = object({
    bucket         = string
    create         = optional(bool, true)
    retention_days = optional(number, 365)
  })
  default = null
}

variable "state_bucket" {
  description = "S3 bucket with the Terraform state: its ARN, the prefix of the state's keys, and the ARN of the customer managed key that encrypts it."
  type = object({
    arn         = string
    prefix      = optional(string, "")
    kms_key_arn = optional(string)
  })

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", var.state_bucket.arn)) && !startswith(var.state_bucket.prefix, "/")
    error_message = "state_bucket.arn must be the ARN of a bucket, for example arn:aws:s3:::edu-state, and state_bucket.prefix must not begin with a slash."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy to set as permissions boundary of all roles of the module. The apply role can create roles only with this boundary, and cannot change the boundary."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a customer managed policy, for example arn:aws:iam::123456789012:policy/edu-boundary. Without a boundary, the apply role could create a role that can do everything."
  }
}

variable "apply_policy_arns" {
  description = "Map of name to ARN of a policy of the apply role. The READMEs of the modules list the actions that they need."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.apply_policy_arns) > 0 && length(var.apply_policy_arns) <= 10
    error_message = "apply_policy_arns has ${length(var.apply_policy_arns)} policies; it must have 1 to 10, the default quota of policies of a role."
  }
}

variable "github" {
  description = "GitHub repository whose workflows can assume the roles: `repository` as owner/name, the ARN of the account's OIDC provider for token.actions.githubusercontent.com, and the branch that can be applied. Default: no GitHub workflows."
  type = object({
    repository   = string
    provider_arn = string
    branch       = optional(string, "main")
  })
  default = null

  validation {
    condition     = var.github == null ? true : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github.repository)) && can(regex("^[A-Za-z0-9._/-]+$", var.github.branch))
    error_message = "github.repository must be owner/name, for example school/platform, and github.branch the name of one branch. Wildcards are not allowed: they would let other repositories or branches assume the roles."
  }
}

variable "gitlab" {
  description = "GitLab project whose pipelines can assume the roles: `project` as group/name, the ARN of the account's OIDC provider, the branch that can be applied, and the host of GitLab. Default: no GitLab pipelines."
  type = object({
    project      = string
    provider_arn = string
    branch       = optional(string, "main")
    host         = optional(string, "gitlab.com")
  })
  default = null

  validation {
    condition     = var.gitlab == null ? true : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.gitlab.project)) && can(regex("^[A-Za-z0-9._/-]+$", var.gitlab.branch)) && can(regex("^[a-z0-9.-]+$", var.gitlab.host))
    error_message = "gitlab.project must be group/name, for example school/platform, gitlab.branch the name of one branch and gitlab.host a host name. Wildcards are not allowed: they would let other projects or branches assume the roles."
  }
}

variable "pipeline" {
  description = "Pipeline in AWS CodePipeline. `connection_arn`: connection to GitHub or GitLab (AWS CodeConnections). `repository`: owner/name. `provider`: GITHUB or GITLAB. `folder`: folder of the configuration. `ci_folder`: folder of terraform/ci in the repository. `environment`: additional environment variables of the builds. `mirror`: S3 prefix or folder with a mirror of the provider lectern/lectern. `approval_topic`: SNS topic that is notified when an apply waits for approval. Default: no pipeline."
  type = object({
    connection_arn = string
    repository     = string
    provider       = optional(string, "GITHUB")
    branch         = optional(string, "main")
    folder         = optional(string, ".")
    ci_folder      = optional(string, "terraform/ci")
    environment    = optional(map(string), {})
    mirror         = optional(string)
    approval_topic = optional(object({
      arn         = string
      kms_key_arn = optional(string)
    }))
  })
  default = null

  validation {
    condition     = var.pipeline == null ? true : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.pipeline.repository)) && contains(["GITHUB", "GITLAB"], var.pipeline.provider) && can(regex("^[A-Za-z0-9._/-]+$", var.pipeline.branch))
    error_message = "pipeline.repository must be owner/name, for example school/platform, pipeline.provider GITHUB or GITLAB, and pipeline.branch the name of one branch."
  }

  validation {
    condition     = var.pipeline == null ? true : !startswith(var.pipeline.folder, "/") && !startswith(var.pipeline.ci_folder, "/") && !strcontains(var.pipeline.folder, "..") && !strcontains(var.pipeline.ci_folder, "..")
    error_message = "pipeline.folder and pipeline.ci_folder must be paths inside of the repository, for example \"infrastructure\"."
  }
}

variable "drift" {
  description = "Drift detection: the schedule in the form of EventBridge Scheduler, the SNS topic that receives the addresses that differ, and the number of days without a result after which an alarm fires. Requires `pipeline`. If null, there is no drift detection."
  type = object({
    schedule_expression = optional(string, "rate(1 day)")
    silent_days         = optional(number, 2)
    topic = optional(object({
      arn         = string
      kms_key_arn = optional(string)
    }))
  })
  default = {}

  validation {
    condition     = var.drift == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.drift.schedule_expression)) && var.drift.silent_days >= 1 && var.drift.silent_days <= 7
    error_message = "drift.schedule_expression must be rate(...) or cron(...), for example \"rate(1 day)\", and drift.silent_days a number from 1 to 7, because an alarm cannot look back further than a week."
  }
}

variable "functions" {
  description = "Map of name to function whose alias CodeDeploy moves, created by the module function with `rollout = \"codedeploy\"`. `function_name`: its name. `alarm_names`: alarms that stop a deployment and roll it back, for example of a `lectern_alarm_bundle`. `shift`: `canary` moves `percent` of the traffic, waits `minutes` and moves the rest; `linear` moves `percent` every `minutes`; `all_at_once` moves all of it. `hooks`: ARNs of functions that CodeDeploy invokes before and after it moves traffic."
  type = map(object({
    function_name = string
    alarm_names   = list(string)
    shift = optional(object({
      type    = optional(string, "canary")
      percent = optional(number, 10)
      minutes = optional(number, 5)
    }), {})
    hooks = optional(object({
      before = optional(string)
      after  = optional(string)
    }), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.functions) : can(regex("^[a-z][a-z0-9-]{0,30}$", name))])
    error_message = "The names in functions must begin with a letter and have at most 31 characters: a-z, 0-9 and -."
  }

  validation {
    condition     = alltrue([for function in values(var.functions) : length(function.alarm_names) >= 1 && length(function.alarm_names) <= 10])
    error_message = "Each of functions must have 1 to 10 alarm_names, the quota of CodeDeploy. Without an alarm, CodeDeploy would roll no faulty version back."
  }

  validation {
    condition     = alltrue([for function in values(var.functions) : contains(["canary", "linear", "all_at_once"], function.shift.type) && function.shift.percent >= 1 && function.shift.percent <= 99 && function.shift.minutes >= 1 && function.shift.minutes <= 2879 && floor(function.shift.percent) == function.shift.percent && floor(function.shift.minutes) == function.shift.minutes])
    error_message = "In functions, shift.type must be canary, linear or all_at_once, shift.percent a whole number from 1 to 99, and shift.minutes a whole number from 1 to 2879, because CodeDeploy stops a deployment after two days."
  }
}

variable "log_retention_days" {
  description = "Number of days to keep the logs of the builds."
  type        = number
  default     = 90
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroy deletes the artifacts in the bucket. If `false`, destroy fails while the bucket contains objects."
  type        = bool
  default     = false
  nullable    = false
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
