variable "name" {
  description = "Name of the user pool, and first part of the names of its client and role."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "name begins with a letter and has at most 32 of a-z, 0-9 and -, so that role names stay within IAM's 64 characters."
  }
}

variable "mfa" {
  description = "Multi-factor authentication: `ON` requires a second factor of every user, `OPTIONAL` lets users choose. Authenticator apps (TOTP) are always available, SMS with `sms`. A pool can be changed from `OPTIONAL` to `ON`; its users then set up a second factor at their next sign-in."
  type        = string
  default     = "ON"
  nullable    = false

  validation {
    condition     = contains(["ON", "OPTIONAL"], var.mfa)
    error_message = "mfa is \"ON\" or \"OPTIONAL\"; a pool without a second factor is not made here."
  }
}

variable "sms" {
  description = "Let the pool send SMS messages, to verify phone numbers and as a second factor, from `region` (`null`: the pool's). The account must be out of the SMS sandbox and pays for each message. `null`: no SMS, and phone numbers are not verified."
  type = object({
    region = optional(string)
  })
  default = null

  validation {
    condition     = try(var.sms.region, null) == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.sms.region))
    error_message = "sms.region is a region that sends SMS, as eu-west-1."
  }
}

variable "password_minimum_length" {
  description = "Minimum length of passwords. They also need an uppercase letter, a lowercase letter, a digit and a symbol."
  type        = number
  default     = 12
  nullable    = false

  validation {
    condition     = var.password_minimum_length >= 12 && var.password_minimum_length <= 99 && floor(var.password_minimum_length) == var.password_minimum_length
    error_message = "password_minimum_length is a whole number from 12, below which a password is too easily guessed, to Cognito's 99."
  }
}

variable "temporary_password_validity_days" {
  description = "Days until the temporary password of an invited user expires. Cognito does not expire passwords that users chose."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.temporary_password_validity_days >= 1 && var.temporary_password_validity_days <= 365 && floor(var.temporary_password_validity_days) == var.temporary_password_validity_days
    error_message = "temporary_password_validity_days is a whole number from 1 to Cognito's 365."
  }
}

variable "self_sign_up" {
  description = "Let anyone on the internet sign up, and so reach what every user can reach. `false`: only administrators create users."
  type        = bool
  default     = false
  nullable    = false
}

variable "advanced_security_mode" {
  description = "Threat protection: `OFF`, `AUDIT` (logs leaked passwords and unusual sign-ins) or `ENFORCED` (blocks them). `AUDIT` and `ENFORCED` need Cognito's Plus plan, which costs more per active user."
  type        = string
  default     = "OFF"
  nullable    = false

  validation {
    condition     = contains(["OFF", "AUDIT", "ENFORCED"], var.advanced_security_mode)
    error_message = "advanced_security_mode is \"OFF\", \"AUDIT\" or \"ENFORCED\"."
  }
}

variable "email" {
  description = "SES identity to send email with, and the sender, as `Edu <no-reply@example.com>`. `null`: Cognito's own sender, which is limited to 50 emails a day."
  type = object({
    ses_identity_arn = string
    from             = string
    reply_to         = optional(string)
  })
  default = null

  validation {
    condition     = var.email == null ? true : can(regex("^arn:[a-z-]+:ses:[a-z0-9-]+:[0-9]{12}:identity/.+$", var.email.ses_identity_arn)) && can(regex("@", var.email.from))
    error_message = "email.ses_identity_arn is the ARN of a verified identity, as arn:aws:ses:eu-west-1:123456789012:identity/example.com, and email.from has an address."
  }
}

variable "groups" {
  description = "Groups by name, with description and precedence. The lower value takes precedence. The group `admin` always exists, with precedence 0."
  type = map(object({
    description = optional(string)
    precedence  = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.groups) : can(regex("^[A-Za-z0-9_-]{1,128}$", name))])
    error_message = "A group's name has 1 to 128 of A-Z, a-z, 0-9, _ and -. A token's groups reach the handlers joined into one string: a group \"x,admin\" would read as two."
  }

  validation {
    condition     = !contains(keys(var.groups), "admin")
    error_message = "The group admin is there without being named."
  }

  validation {
    condition     = alltrue([for group in values(var.groups) : group.precedence == null ? true : group.precedence >= 1])
    error_message = "A group's precedence is 1 or more: 0, the strongest, is admin's."
  }
}

variable "auth_flows" {
  description = "Authentication flows that apps can use without the hosted pages. The default does not send passwords to Cognito: SRP proves them."
  type        = set(string)
  default     = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.auth_flows, ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"])) == 0
    error_message = "auth_flows is of ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH, ALLOW_USER_AUTH and ALLOW_CUSTOM_AUTH. Not ALLOW_ADMIN_USER_PASSWORD_AUTH: this client is for apps, which have no AWS credentials."
  }
}

variable "callback_urls" {
  description = "URLs that the hosted pages return to with an authorization code. Empty: the client has no OAuth flow."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.callback_urls) <= 100 && alltrue([for url in var.callback_urls : can(regex("^(https://[^#*]+|http://localhost(:[0-9]+)?(/[^#*]*)?|[a-z][a-z0-9+.-]*\\.[a-z0-9+.-]+:/[^#*]*)$", url))])
    error_message = "callback_urls has at most 100 addresses with https, http://localhost for development, or an app's own scheme with a dot in it, as com.example.learn:/signed-in; no # and no *."
  }
}

variable "logout_urls" {
  description = "URLs that the hosted pages return to after sign-out."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.logout_urls) <= 100 && alltrue([for url in var.logout_urls : can(regex("^(https://[^#*]+|http://localhost(:[0-9]+)?(/[^#*]*)?|[a-z][a-z0-9+.-]*\\.[a-z0-9+.-]+:/[^#*]*)$", url))])
    error_message = "logout_urls has addresses of the same kinds as callback_urls."
  }
}

variable "token_validity" {
  description = "How long tokens are valid. API Gateway accepts an id token until it expires, also after the user has signed out."
  type = object({
    access_minutes = optional(number, 30)
    id_minutes     = optional(number, 30)
    refresh_days   = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for minutes in [var.token_validity.access_minutes, var.token_validity.id_minutes] : minutes >= 5 && minutes <= 1440 && floor(minutes) == minutes])
    error_message = "token_validity.access_minutes and id_minutes are whole numbers from 5 to 1440, a day."
  }

  validation {
    condition     = var.token_validity.refresh_days >= 1 && var.token_validity.refresh_days <= 3650 && floor(var.token_validity.refresh_days) == var.token_validity.refresh_days && var.token_validity.refresh_days * 1440 > max(var.token_validity.access_minutes, var.token_validity.id_minutes)
    error_message = "token_validity.refresh_days is a whole number from 1 to 3650, and longer than the other tokens are good for."
  }
}

variable "domain" {
  description = "Domain of the hosted pages: a prefix of Cognito's domain, or your own host name with a certificate in us-east-1. `null`: no hosted pages."
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
    error_message = "domain.name has 1 to 63 of a-z, 0-9 and -, without aws, amazon or cognito in it; with a certificate it is a full host name, as sign-in.example.com."
  }

  validation {
    condition     = try(var.domain.certificate_arn, null) == null ? true : can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.domain.certificate_arn))
    error_message = "domain.certificate_arn is a certificate of ACM in us-east-1, wherever the pool is: CloudFront serves the pages."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the pool and its users, also when a change would replace the pool."
  type        = bool
  default     = true
  nullable    = false
}

variable "identity_providers" {
  description = "Identity providers by name, which is part of the sign-in URLs: `type` (`OIDC`, `SAML`, `Google`, `SignInWithApple`, `Facebook` or `LoginWithAmazon`), `details` as Cognito takes them, without secrets, the mapping from the pool's attributes to the provider's, and `identifiers` such as email domains."
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
    error_message = "identity_providers.type is OIDC, SAML, Google, SignInWithApple, Facebook or LoginWithAmazon."
  }

  validation {
    condition     = alltrue([for name in keys(var.identity_providers) : can(regex("^[^_\\s][^\\s]{1,30}[^_\\s]$", name)) && name != "COGNITO"])
    error_message = "The names of identity_providers have 3 to 32 characters without a blank, no _ at either end, and are not COGNITO."
  }

  validation {
    condition     = alltrue([for provider in values(var.identity_providers) : !contains(keys(provider.details), "client_secret") && contains(keys(provider.attribute_mapping), "email")])
    error_message = "A secret belongs in identity_provider_secrets, so that no plan shows it, and attribute_mapping says which of their attributes is the email that every user has."
  }
}

variable "identity_provider_secrets" {
  description = "Client secrets of the `identity_providers`, by name. Plans do not show them. The state has them, as it has everything that Cognito is sent."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true

  validation {
    condition     = length(setsubtract(keys(var.identity_provider_secrets), keys(var.identity_providers))) == 0
    error_message = "identity_provider_secrets has names that identity_providers does not have."
  }
}

variable "custom_attributes" {
  description = "User attributes beyond Cognito's own, by name without `custom:`: `type` (`String`, `Number`, `Boolean` or `DateTime`), whether they are mutable, and the minimum and maximum length of a string or value of a number. They can be added later, but never changed or removed. Do not put personal data here that the profile API keeps encrypted."
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
    error_message = "custom_attributes has at most 50 names of 1 to 20 letters, digits and _, each of type String, Number, Boolean or DateTime, with min <= max <= 2048."
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
