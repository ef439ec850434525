data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  # Of hosts. Service principals are amazonaws.com in every partition.
  dns_suffix = data.aws_partition.current.dns_suffix
  # Known before the function is, so that its own role can name it.
  function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  assumed      = var.assumed_role == null ? {} : { main = var.assumed_role }
  environment  = merge(var.environment, { for key, role in local.assumed : role.environment_variable => aws_iam_role.assumed[key].arn })
}

# Lambda has checksums in base64, SHA256SUMS in hexadecimal digits: of every three bytes four characters, and of the last two three.
locals {
  alphabet = split("", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  sha256   = var.package.sha256 == null ? "" : lower(var.package.sha256)
  sextets = local.sha256 == "" ? [] : slice(flatten([
    for start in range(0, 66, 6) : [
      for divisor in [262144, 4096, 64, 1] : floor(parseint(substr("${local.sha256}00", start, 6), 16) / divisor) % 64
    ]
  ]), 0, 43)
  sha256_base64 = "${join("", [for sextet in local.sextets : local.alphabet[sextet]])}="

  # Without the file nothing can be planned, which the precondition below says; a destroy does not ask for it.
  package_path   = var.package.path
  package_sha256 = local.package_path == null ? local.sha256_base64 : fileexists(local.package_path) ? filebase64sha256(local.package_path) : null
}

# Before the function: Lambda would make a group of its own at the first invocation, with no retention and no key, and a straggling
# invocation would make it again after a destroy. The function's role cannot make groups, so that it stays this one.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:Retention is a variable, 90 days by default; set 365 where a rule requires a year.

  region            = var.region
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_116:Asynchronous events that fail go to async.failure_topic, which says more than a dead-letter queue; other callers get the error.
  # checkov:skip=CKV_AWS_272:Packages are not signed by AWS Signer. One in S3 is given with its version, which nobody can change.

  # The policies are created before the function and deleted after it: Lambda creates and deletes its network interfaces with the function's
  # role. It deletes them some 20 minutes later, when the role no longer exists: then the provider deletes those that are free, with the
  # permissions of the principal that runs the destroy (ec2:DeleteNetworkInterface).
  depends_on = [aws_iam_role_policy.own, aws_iam_role_policy.given, aws_iam_role_policy.assumed]

  region            = var.region
  function_name     = var.name
  description       = var.description
  role              = aws_iam_role.function.arn
  runtime           = "provided.al2023"
  handler           = "bootstrap"
  architectures     = [var.architecture]
  filename          = local.package_path
  s3_bucket         = var.package.bucket
  s3_key            = var.package.key
  s3_object_version = var.package.version_id
  source_code_hash  = local.package_sha256
  memory_size       = var.memory_mb
  timeout           = var.timeout_seconds
  kms_key_arn       = var.kms_key_arn
  tags              = var.tags
  # A version for every change, which the alias names: what callers reach is never code that is half replaced, and the version
  # before it is still there to go back to.
  publish = true
  # Not set unless asked for: it is taken out of the account's total, of which 100 have to stay free, and a new account may have ten.
  reserved_concurrent_executions = var.reserved_concurrency

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  dynamic "environment" {
    for_each = length(local.environment) == 0 ? [] : [local.environment]

    content {
      variables = environment.value
    }
  }

  # The same subnets and groups for all functions: Lambda shares its network interfaces between those that have both in common.
  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = local.package_path == null ? true : fileexists(local.package_path)
      error_message = "package.path must be the path of an existing file. `cargo dist` creates the packages in target/dist. To plan without the file, upload the package to S3 and set bucket, key, version_id and sha256 in package."
    }
  }
}

# The alias that callers and permissions name. Two resources for one alias, since what a lifecycle ignores cannot depend on a variable.

# Every apply points it at the version that it published.
resource "aws_lambda_alias" "followed" {
  for_each = var.rollout == "terraform" ? toset([var.alias]) : toset([])

  region           = var.region
  name             = each.key
  description      = "What callers reach; every apply moves it"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

# CodeDeploy points it at the next version, a part of the traffic first: an apply in between must not take that back.
resource "aws_lambda_alias" "shifted" {
  for_each = var.rollout == "codedeploy" ? toset([var.alias]) : toset([])

  region           = var.region
  name             = each.key
  description      = "What callers reach; CodeDeploy moves it"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

locals {
  alias = one(concat(values(aws_lambda_alias.followed), values(aws_lambda_alias.shifted)))
}

# An asynchronous caller, for example a schedule, does not wait for the outcome: this configures what becomes of an event that fails.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = var.async == null ? {} : { main = var.async }
  # Lambda refuses a destination that the function's role may not use.
  depends_on = [aws_iam_role_policy.own]

  region                       = var.region
  function_name                = local.alias.function_name
  qualifier                    = local.alias.name
  maximum_retry_attempts       = each.value.maximum_retry_attempts
  maximum_event_age_in_seconds = each.value.maximum_event_age_seconds

  dynamic "destination_config" {
    for_each = each.value.failure_topic == null ? [] : [each.value.failure_topic]

    content {
      on_failure {
        destination = destination_config.value.arn
      }
    }
  }
}

# Work that takes longer than one invocation continues in the next one, which the function itself invokes: this loop is intended.
resource "aws_lambda_function_recursion_config" "this" {
  for_each = var.hands_over ? { main = "Allow" } : {}

  region         = var.region
  function_name  = aws_lambda_function.this.function_name
  recursive_loop = each.value
}
