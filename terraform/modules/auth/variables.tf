variable "name" {
  description = "Name of the user pool, and first part of the names of its client and role."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name must begin with a letter and have at most 32 characters: a-z, 0-9 and -, because role names can have 64 characters."
  }
}

variable "mfa" {
  description = "Multi-factor authentication: `ON` requires it for every user; `OPTIONAL` lets users choose. Authenticator apps (TOTP) are always available, SMS only with `sms`. You can change a user pool from `OPTIONAL` to `ON`; users then set up a second factor at their next sign-in."
  type        = string
  default     = "ON"
  nullable    = false

  validation {
    condition     = contains(["ON", "OPTIONAL"], var.mfa)
    error_message = "mfa must be \"ON\" or \"OPTIONAL\". This module does not create user pools without multi-factor authentication."
  }
}

variable "sms" {
  description = "Settings to send SMS messages, to verify phone numbers and as a second factor. `region` is the Region that sends them (default: the Region of the user pool). The account must be out of the SMS sandbox, and AWS charges for each message. Default: no SMS, and phone numbers are not verified."
  type = object({
    region = optional(string)
  })
  default = null

  validation {
    condition     = try(var.sms.region, null) == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.sms.region))
    error_message = "sms.region must be a Region that supports SMS, for example eu-west-1."
  }
}

variable "password_minimum_length" {
  description = "Minimum length of passwords. Passwords also need an uppercase letter, a lowercase letter, a digit and a symbol."
  type        = number
  default     = 12
  nullable    = false

  validation {
    condition     = var.password_minimum_length >= 12 && var.password_minimum_length <= 99 && floor(var.password_minimum_length) == var.password_minimum_length
    error_message = "password_minimum_length must be a whole number from 12 to 99. Shorter passwords are too easy to guess, and 99 is the limit of Cognito."
  }
}

variable "temporary_password_validity_days" {
  description = "Number of days until the temporary password of an invited user expires. Passwords that users choose do not expire."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.temporary_password_validity_days >= 1 && var.temporary_password_validity_days <= 365 && floor(var.temporary_password_validity_days) == var.temporary_password_validity_days
    error_message = "temporary_password_validity_days must be a whole number from 1 to 365, the limit of Cognito."
  }
}

variable "self_sign_up" {
  description = "Whether anyone on the internet can sign up. If `false`, only administrators create users."
  type        = bool
  default     = false
  nullable    = false
}

variable "advanced_security_mode" {
  description = "Threat protection: `OFF`, `AUDIT` (logs compromised passwords and unusual sign-ins) or `ENFORCED` (blocks them). `AUDIT` and `ENFORCED` require the Plus feature plan of Cognito, which costs more per active user."
  type        = string
  default     = "OFF"
  nullable    = false

  validation {
    condition     = contains(["OFF", "AUDIT", "ENFORCED"], var.advanced_security_mode)
    error_message = "advanced_security_mode must be \"OFF\", \"AUDIT\" or \"ENFORCED\"."
  }
}

variable "email" {
  description = "ARN of the SES identity that sends email, and the sender, for example `Edu <no-reply@example.com>`. Default: the built-in sender of Cognito, which is limited to 50 emails per day."
  type = object({
    ses_identity_arn = string
    from             = string
    reply_to         = optional(string)
  })
  default = null

  validation {
    condition     = var.email == null ? true : can(regex("^arn:[a-z-]+:ses:[a-z0-9-]+:[0-9]{12}:identity/.+$", var.email.ses_identity_arn)) && can(regex("@", var.email.from))
    error_message = "email.ses_identity_arn must be the ARN of a verified identity, for example arn:aws:ses:eu-west-1:123456789012:identity/example.com, and email.from must contain an email address."
  }
}

variable "groups" {
  description = "Map of group name to description and precedence. Groups with a lower value take precedence. The group `admin` always exists, with precedence 0."
  type = map(object({
    description = optional(string)
    precedence  = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.groups) : can(regex("^[A-Za-z0-9_-]{1,128}$", name))])
    error_message = "The names in groups must have 1 to 128 characters of A-Z, a-z, 0-9, _ and -. API Gateway joins the groups of a token into one string, so a group \"x,admin\" would be read as two groups."
  }

  validation {
    condition     = !contains(keys(var.groups), "admin")
    error_message = "groups must not contain admin: the module always creates this group."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : group.precedence == null ? true : group.precedence >= 1])
    error_message = "The precedence of a group must be 1 or more. 0 is reserved for the group admin."
  }
}

variable "auth_flows" {
  description = "Authentication flows that apps can use without the hosted pages. With the default, passwords are not sent to Cognito (SRP)."
  type        = set(string)
  default     = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.auth_flows, ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"])) == 0
    error_message = "auth_flows must contain only ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH, ALLOW_USER_AUTH and ALLOW_CUSTOM_AUTH. ALLOW_ADMIN_USER_PASSWORD_AUTH needs AWS credentials, which apps do not have."
  }
}

variable "callback_urls" {
  description = "URLs that the hosted pages redirect to with an authorization code. Default: the client has no OAuth flow."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.callback_urls) <= 100 && alltrue([for url in var.callback_urls : can(regex("^(https://[^#*]+|http://localhost(:[0-9]+)?(/[^#*]*)?|[a-z][a-z0-9+.-]*\\.[a-z0-9+.-]+:/[^#*]*)$", url))])
    error_message = "callback_urls must have at most 100 URLs without # and *. Use https, http://localhost for development, or the custom scheme of an app with a dot in it, for example com.example.learn:/signed-in."
  }
}

variable "logout_urls" {
  description = "URLs that the hosted pages redirect to after sign-out."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.logout_urls) <= 100 && alltrue([for url in var.logout_urls : can(regex("^(https://[^#*]+|http://localhost(:[0-9]+)?(/[^#*]*)?|[a-z][a-z0-9+.-]*\\.[a-z0-9+.-]+:/[^#*]*)$", url))])
    error_message = "logout_urls must have URLs of the same form as callback_urls."
  }
}

variable "token_validity" {
  description = "Validity of the tokens. API Gateway accepts an ID token until it expires, even after the user has signed out."
  type = object({
    access_minutes = optional(number, 30)
    id_minutes     = optional(number, 30)
    refresh_days   = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for minutes in [var.token_validity.access_minutes, var.token_validity.id_minutes] : minutes >= 5 && minutes <= 1440 && floor(minutes) == minutes])
    error_message = "token_validity.access_minutes and id_minutes must be whole numbers from 5 to 1440 (one day)."
  }

  validation {
    condition     = var.token_validity.refresh_days >= 1 && var.token_validity.refresh_days <= 3650 && floor(var.token_validity.refresh_days) == var.token_validity.refresh_days && var.token_validity.refresh_days * 1440 > max(var.token_validity.access_minutes, var.token_validity.id_minutes)
    error_message = "token_validity.refresh_days must be a whole number from 1 to 3650, and longer than the validity of the other tokens."
  }
}

variable "domain" {
  description = "Domain of the hosted pages: a prefix of the Cognito domain, or a custom host name with a certificate in us-east-1. Default: no hosted pages."
  type = object({
    name            = string
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition = var.domain == null ? true : (var.domain.certificate_arn == null
      ? can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain.name)) && !can(regex("aws|amazon|cognito", var.domain.name))
      : can(regex("^([a-z0-9-]+\\.){2,}[a-z]{2,}$", var.domain.name))
    )
    error_message = "domain.name must have 1 to 63 characters of a-z, 0-9 and -, and must not contain aws, amazon or cognito. With a certificate it must be a full host name, for example sign-in.example.com."
  }

  validation {
    condition     = try(var.domain.certificate_arn, null) == null ? true : can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.domain.certificate_arn))
    error_message = "domain.certificate_arn must be the ARN of an ACM certificate in us-east-1, because CloudFront serves the pages."
  }
}

variable "deletion_protection" {
  description = "Whether to prevent the deletion of the user pool and its users, also when a change would replace the user pool."
  type        = bool
  default     = true
  nullable    = false
}

variable "identity_providers" {
  description = "Map of name to external identity provider. The name is part of the sign-in URLs. `type` is `OIDC`, `SAML`, `Google`, `SignInWithApple`, `Facebook` or `LoginWithAmazon`; `details` are the provider details of Cognito, without secrets; `attribute_mapping` maps attributes of the user pool to those of the provider; `identifiers` are, for example, email domains."
  type = map(object({
    type              = string
    details           = map(string)
    attribute_mapping = optional(map(string), { email = "email" })
    identifiers       = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for provider in values(var.identity_providers) : contains(["OIDC", "SAML", "Google", "SignInWithApple", "Facebook", "LoginWithAmazon"], provider.type)])
    error_message = "identity_providers.type must be OIDC, SAML, Google, SignInWithApple, Facebook or LoginWithAmazon."
  }

  validation {
    condition     = alltrue([for name in keys(var.identity_providers) : can(regex("^[^_\\s][^\\s]{1,30}[^_\\s]$", name)) && name != "COGNITO"])
    error_message = "The names of identity_providers must have 3 to 32 characters without spaces, must not begin or end with _, and must not be COGNITO."
  }

  validation {
    condition     = alltrue([for provider in values(var.identity_providers) : !contains(keys(provider.details), "client_secret") && contains(keys(provider.attribute_mapping), "email")])
    error_message = "identity_providers.details must not contain a secret: set it in identity_provider_secrets, so that plans do not show it. attribute_mapping must map email, which every user must have."
  }
}

variable "identity_provider_secrets" {
  description = "Map of `identity_providers` name to client secret. Plans do not show the secrets, but the Terraform state contains them."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true

  validation {
    condition     = length(setsubtract(keys(var.identity_provider_secrets), keys(var.identity_providers))) == 0
    error_message = "identity_provider_secrets contains names that are not in identity_providers."
  }
}

variable "custom_attributes" {
  description = "Map of custom attribute (without `custom:`) to `type` (`String`, `Number`, `Boolean` or `DateTime`), whether it is mutable, and the minimum and maximum length of a string or value of a number. You can add attributes later, but you can never change or remove them. Do not store personal data here that the profile API encrypts."
  type = map(object({
    type    = optional(string, "String")
    mutable = optional(bool, true)
    min     = optional(number, 0)
    max     = optional(number, 256)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.custom_attributes) <= 50 && alltrue([for name, attribute in var.custom_attributes : can(regex("^[A-Za-z][A-Za-z0-9_]{0,19}$", name)) && contains(["String", "Number", "Boolean", "DateTime"], attribute.type) && attribute.min <= attribute.max && attribute.max <= 2048])
    error_message = "custom_attributes must have at most 50 attributes. Their names must have 1 to 20 letters, digits and _; each must have the type String, Number, Boolean or DateTime, with min <= max <= 2048."
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
